/* FreeRTOS for the example: two tasks, one lock, nothing allocated at run time. */
#ifndef FREERTOS_CONFIG_H
#define FREERTOS_CONFIG_H

#include "board.h"

#define configCPU_CLOCK_HZ (board_clock()->core_hz)
#define configTICK_RATE_HZ 1000
#define configUSE_PREEMPTION 1
#define configUSE_IDLE_HOOK 1
#define configUSE_TICK_HOOK 0
#define configMAX_PRIORITIES 4
#define configMINIMAL_STACK_SIZE 128
#define configMAX_TASK_NAME_LEN 8
#define configUSE_16_BIT_TICKS 0
#define configUSE_MUTEXES 1
#define configUSE_TIMERS 0
#define configCHECK_FOR_STACK_OVERFLOW 0
#define configSUPPORT_STATIC_ALLOCATION 1
#define configSUPPORT_DYNAMIC_ALLOCATION 0
#define configSTACK_DEPTH_TYPE uint32_t

#define INCLUDE_vTaskDelay 1

/* Interrupts that call FreeRTOS are less urgent than this; the USART's calls nothing, and stays the most urgent. */
#define configMAX_SYSCALL_INTERRUPT_PRIORITY 0x50
#define configKERNEL_INTERRUPT_PRIORITY 0xF0

#define vPortSVCHandler SVC_Handler
#define xPortPendSVHandler PendSV_Handler
#define xPortSysTickHandler SysTick_Handler
/* The port looks for its handlers where CMSIS would have them; here they are in ports/stm32f405/startup.c. */
#define configCHECK_HANDLER_INSTALLATION 0

#endif
