/* A firmware with FreeRTOS on an STM32F405: it stops a spacecraft's rotation with a gyro and three wheels, as ../minimal
 * does. The link task hears the bench, the control task answers; a lock keeps what both use. */
#include <FreeRTOS.h>
#include <semphr.h>
#include <string.h>
#include <task.h>

#include "board.h"
#include "hil_link.h"
#include "usart.h"

#define DAMPING_NM_S 0.05f
#define STACK_WORDS 1024u
#define LINK_PRIORITY 1u
#define CONTROL_PRIORITY 2u

/* What both tasks use, while they hold the lock. */
static struct {
    SemaphoreHandle_t lock;
    TaskHandle_t control;
    struct hil_link link;
    float rate_body_rad_s[3];
    uint32_t step;
} shared;

static void reset(void *context)
{
    (void)context;
    memset(shared.rate_body_rad_s, 0, sizeof shared.rate_body_rad_s);
}

static void on_gyro(void *context, struct hil_link *link, const struct hil_packet *packet)
{
    (void)context;
    (void)link;
    hil_gyro gyro;
    if (hil_gyro_decode(packet->payload, packet->payload_size, &gyro) && !(gyro.flags & HIL_FLAG_INVALID)) {
        memcpy(shared.rate_body_rad_s, gyro.rate_body_rad_s, sizeof gyro.rate_body_rad_s);
    }
}

/* SYNC closes a step: the control task has all its samples, and begins when the link task lets the lock go. */
static void on_sync(void *context, struct hil_link *link, const struct hil_packet *packet)
{
    (void)context;
    (void)link;
    hil_sync sync;
    if (hil_sync_decode(packet->payload, packet->payload_size, &sync)) {
        shared.step = sync.step;
        (void)xTaskNotifyGive(shared.control);
    }
}

static void on_setting(void *context, struct hil_link *link, const struct hil_packet *packet)
{
    (void)context;
    hil_set_mode wanted;
    const bool refused = packet->apid == HIL_APID_SET_MODE
        && (!hil_set_mode_decode(packet->payload, packet->payload_size, &wanted) || wanted.mode != HIL_MODE_DETUMBLE);
    hil_link_acknowledge(link, packet, refused ? HIL_ACK_OUT_OF_RANGE : HIL_ACK_ACCEPTED);
}

/* Octets wait in the driver's ring, 11 ms of them at 921600 baud, so that it is enough to look once a tick. */
static size_t read_usart(void *context, uint8_t *data, size_t capacity)
{
    (void)context;
    return usart_read(data, capacity);
}

static void write_usart(void *context, const uint8_t *data, size_t n)
{
    (void)context;
    usart_write(data, n);
}

static void link_task(void *unused)
{
    (void)unused;
    for (;;) {
        (void)xSemaphoreTake(shared.lock, portMAX_DELAY);
        const size_t heard = hil_link_poll(&shared.link);
        (void)xSemaphoreGive(shared.lock);
        board_watchdog_kick();
        if (heard == 0) {
            vTaskDelay(1);
        }
    }
}

static void answer(void)
{
    hil_command command = {.step = shared.step};
    for (int i = 0; i < 3; i++) {
        command.wheel_torque_Nm[i] = DAMPING_NM_S * shared.rate_body_rad_s[i];
    }
    uint8_t payload[HIL_COMMAND_SIZE];
    hil_link_send(&shared.link, HIL_APID_COMMAND, payload, hil_command_encode(&command, payload));
    hil_link_receive(&shared.link, NULL, 0); /* writes what is queued */
}

static void control_task(void *unused)
{
    (void)unused;
    for (;;) {
        (void)ulTaskNotifyTake(pdTRUE, portMAX_DELAY);
        (void)xSemaphoreTake(shared.lock, portMAX_DELAY);
        answer();
        (void)xSemaphoreGive(shared.lock);
    }
}

int main(void)
{
    static const struct hil_handler handlers[] = {{HIL_APID_GYRO, on_gyro, 1}, {HIL_APID_SYNC, on_sync, 0},
        {HIL_APID_SET_MODE, on_setting, 0}, {HIL_APID_SET_ORBIT, on_setting, 0}};
    static const struct hil_application application = {.handlers = handlers, .handler_count = 4, .reset = reset,
        .firmware = "freertos", .build = "1"};
    static const struct hil_port port = {read_usart, write_usart, NULL};
    static StaticSemaphore_t lock;
    static StaticTask_t tasks[2];
    static StackType_t stacks[2][STACK_WORDS];
    (void)board_clock_init();
    hil_link_init(&shared.link, &port, &application);
    shared.lock = xSemaphoreCreateMutexStatic(&lock);
    (void)xTaskCreateStatic(link_task, "link", STACK_WORDS, NULL, LINK_PRIORITY, stacks[0], &tasks[0]);
    shared.control = xTaskCreateStatic(control_task, "control", STACK_WORDS, NULL, CONTROL_PRIORITY, stacks[1], &tasks[1]);
    board_watchdog_start();
    usart_init(board_clock());
    vTaskStartScheduler();
    return 0;
}

/* What FreeRTOS asks of a firmware without an allocator. */
void vApplicationGetIdleTaskMemory(StaticTask_t **task, StackType_t **stack, configSTACK_DEPTH_TYPE *words)
{
    static StaticTask_t idle;
    static StackType_t idle_stack[configMINIMAL_STACK_SIZE];
    *task = &idle;
    *stack = idle_stack;
    *words = configMINIMAL_STACK_SIZE;
}

void vApplicationIdleHook(void)
{
    __asm volatile("wfi");
}

/* ports/stm32f405/origin.c keeps where a crash was, for a firmware with a store. */
void origin_crashed(const uint32_t *frame)
{
    (void)frame;
    board_reset();
}
