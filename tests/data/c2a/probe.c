/* The drivers of c2a-aobc, fed from standard input: `probe DRIVER commands` prints what each command is on the line, in
 * hexadecimal digits; `probe DRIVER read` prints what the driver makes of each frame. */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <src_core/Library/endian.h>
#include <src_user/Drivers/Aocs/oem7600.h>
#include <src_user/Drivers/Aocs/sagitta.h>
#include <src_user/Drivers/Aocs/stim210.h>

static uint8_t input[1 << 20];
static size_t input_size, input_at;
static bool telling;

/* -- the driver base --------------------------------------------------------------------------------------------------- */

DS_ERR_CODE DS_init(DriverSuper *super, void *config, DS_StreamRecBuffer *buffer, DS_ERR_CODE (*settings)(DriverSuper *))
{
    (void)config;
    (void)buffer;
    memset(super, 0, sizeof *super);
    super->stream_config[0].length_pos = -1;
    super->stream_config[0].length_size = 2;
    return settings(super);
}

static bool begins(const DS_StreamConfig *stream, size_t at)
{
    return input_size - at >= stream->header_size && memcmp(input + at, stream->header, stream->header_size) == 0;
}

/* How long the frame at a place is; 0: its end is not there. */
static size_t length(const DS_StreamConfig *stream, size_t at)
{
    const size_t there = input_size - at;
    size_t n = 0;
    if (stream->frame_size >= 0) {
        n = (size_t)stream->frame_size;
    } else if (stream->length_pos >= 0) {
        for (size_t i = 0; i < stream->length_size && (size_t)stream->length_pos + i < there; i++) {
            n |= (size_t)input[at + (size_t)stream->length_pos + i] << 8 * i;
        }
        n += stream->length_offset;
    } else {
        for (n = stream->header_size; n < there && input[at + n] != stream->footer[0]; n++) {
        }
        n++;
    }
    return n <= there && n <= sizeof stream->frame ? n : 0;
}

static bool ends(const DS_StreamConfig *stream, size_t at, size_t n)
{
    return memcmp(input + at + n - stream->footer_size, stream->footer, stream->footer_size) == 0;
}

/* Take the next frame out of what is there. */
DS_ERR_CODE DS_receive(DriverSuper *super)
{
    DS_StreamConfig *stream = &super->stream_config[0];
    stream->status.status_code = DS_STREAM_REC_STATUS_FINDING_HEADER;
    for (; input_at < input_size; input_at++) {
        const size_t n = begins(stream, input_at) ? length(stream, input_at) : 0;
        if (n > 0 && (stream->footer_size == 0 || ends(stream, input_at, n))) {
            memcpy(stream->frame, input + input_at, n);
            stream->status.status_code = DS_STREAM_REC_STATUS_FIXED_FRAME;
            input_at += n;
            break;
        }
    }
    return DS_ERR_CODE_OK;
}

DS_ERR_CODE DS_analyze_rec_data(DriverSuper *super, uint8_t stream, void *driver)
{
    return super->stream_config[stream].analyze(&super->stream_config[stream], driver);
}

DS_ERR_CODE DS_send_general_cmd(DriverSuper *super, uint8_t stream)
{
    const DS_StreamConfig *config = &super->stream_config[stream];
    for (uint16_t i = 0; telling && i < config->tx_size; i++) {
        (void)printf("%02x", (unsigned)config->tx_frame[i]);
    }
    (void)(telling && printf("\n"));
    return DS_ERR_CODE_OK;
}

DS_ERR_CODE DS_send_req_tlm_cmd(DriverSuper *super, uint8_t stream)
{
    return DS_send_general_cmd(super, stream);
}

DS_ERR_CODE DS_clear_rx_buffer(DriverSuper *super)
{
    (void)super;
    return DS_ERR_CODE_OK;
}

const ObcTime *DSC_get_rx_time(const DriverSuper *super)
{
    return &super->rx_time;
}

void DSC_set_rx_buffer_size_in_if_rx(DriverSuper *super, uint16_t size)
{
    (void)super;
    (void)size;
}

void DSSC_enable(DS_StreamConfig *stream)
{
    (void)stream;
}

void DSSC_enable_strict_frame_search(DS_StreamConfig *stream)
{
    (void)stream;
}

const DS_StreamRecStatus *DSSC_get_rec_status(const DS_StreamConfig *stream)
{
    return &stream->status;
}

const uint8_t *DSSC_get_rx_frame(const DS_StreamConfig *stream)
{
    return stream->frame;
}

void DSSC_set_data_analyzer(DS_StreamConfig *stream, DS_ERR_CODE (*analyze)(DS_StreamConfig *, void *))
{
    stream->analyze = analyze;
}

void DSSC_set_rx_header(DS_StreamConfig *stream, const uint8_t *header, uint16_t size)
{
    stream->header = header;
    stream->header_size = size;
}

void DSSC_set_rx_footer(DS_StreamConfig *stream, const uint8_t *footer, uint16_t size)
{
    stream->footer = footer;
    stream->footer_size = size;
}

void DSSC_set_rx_frame_size(DS_StreamConfig *stream, int16_t size)
{
    stream->frame_size = size;
}

void DSSC_set_rx_framelength_pos(DS_StreamConfig *stream, int16_t pos)
{
    stream->length_pos = pos;
}

void DSSC_set_rx_framelength_type_size(DS_StreamConfig *stream, uint16_t size)
{
    stream->length_size = size;
}

void DSSC_set_rx_framelength_offset(DS_StreamConfig *stream, uint16_t offset)
{
    stream->length_offset = offset;
}

void DSSC_set_tx_frame(DS_StreamConfig *stream, const uint8_t *frame)
{
    stream->tx_frame = frame;
}

void DSSC_set_tx_frame_size(DS_StreamConfig *stream, uint16_t size)
{
    stream->tx_size = size;
}

ObcTime OBCT_create(cycle_t total_cycle, cycle_t mode_cycle, step_t step)
{
    return (ObcTime){total_cycle, mode_cycle, step};
}

void *ENDIAN_memcpy(void *to, const void *from, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        ((uint8_t *)to)[i] = ((const uint8_t *)from)[n - 1u - i];
    }
    return to;
}

int GPIO_set_direction(const uint8_t port, const GPIO_DIRECTION direction)
{
    (void)port;
    (void)direction;
    return GPIO_OK;
}

int GPIO_set_output(const uint8_t port, const GPIO_HL output)
{
    (void)port;
    (void)output;
    return GPIO_OK;
}

/* -- the drivers ------------------------------------------------------------------------------------------------------- */

static void tell(const float *values, unsigned n)
{
    for (unsigned i = 0; i < n; i++) {
        (void)printf("%.9g ", (double)values[i]);
    }
}

static void stim210(DS_StreamRecBuffer *buffer)
{
    static STIM210_Driver driver;
    (void)STIM210_init(&driver, 1, 2, 3, buffer);
    (void)STIM210_set_service_mode(&driver);
    (void)STIM210_set_normal_mode_format(&driver, STIM210_NORMAL_MODE_RATE_TEMPERATURE_COUNT_LATENCY);
    (void)STIM210_set_sample_rate(&driver, STIM210_SAMPLE_RATE_EXTERNAL_TRIGGER);
    (void)STIM210_set_gyro_output(&driver, STIM210_GYRO_OUTPUT_ANGULAR_RATE);
    (void)STIM210_set_termination_mode(&driver, STIM210_TERMINATION_CRLF);
    (void)STIM210_set_low_pass_filter(&driver, STIM210_LPF_33HZ);
    (void)STIM210_set_normal_mode(&driver);
    while (input_at < input_size) {
        if (STIM210_rec(&driver) == DS_REC_OK) {
            tell(driver.info.ang_vel_body_rad_sec, 3);
            tell(driver.info.temperature_compo_degC, 3);
            (void)printf("%u %u %d\n", driver.info.counter, driver.info.status, driver.info.crc_state == STIM210_CRC_STATE_OK);
        }
    }
}

static void oem7600(DS_StreamRecBuffer *buffer)
{
    static OEM7600_Driver driver;
    (void)OEM7600_init(&driver, 1, 2, 3, buffer);
    (void)OEM7600_onoff_antenna_power(&driver, 1);
    (void)OEM7600_set_tlm_contents(&driver, OEM7600_TLM_ID_BEST_XYZ, 1);
    (void)OEM7600_save_tlm_setting(&driver);
    while (input_at < input_size) {
        if (OEM7600_rec(&driver) == DS_REC_OK && input_at < input_size + 1u
            && driver.driver.super.stream_config[0].status.status_code == DS_STREAM_REC_STATUS_FIXED_FRAME) {
            for (unsigned i = 0; i < 3u; i++) {
                (void)printf("%.17g %.17g ", driver.info.pos_antenna_ecef_m[i], driver.info.vel_antenna_ecef_m_s[i]);
            }
            (void)printf("%u %u %d\n", driver.info.times.gps_time_week, (unsigned)driver.info.times.gps_time_ms,
                         driver.info.crc_state == OEM7600_CRC_STATE_OK);
        }
    }
}

static void sagitta(DS_StreamRecBuffer *buffer)
{
    static SAGITTA_Driver driver;
    (void)SAGITTA_init(&driver, 1, buffer);
    (void)SAGITTA_boot(&driver);
    (void)SAGITTA_set_unix_time_us(&driver, 1, 2);
    (void)SAGITTA_set_limits(&driver);
    (void)SAGITTA_set_camera(&driver);
    (void)SAGITTA_set_lisa(&driver);
    (void)SAGITTA_set_subscription(&driver);
    (void)SAGITTA_request_tlm(&driver, SAGITTA_TLM_ID_TEMPERATURE);
    while (input_at < input_size) {
        if (SAGITTA_rec(&driver) == DS_REC_OK) {
            const Quaternion q = driver.info.telemetry.solution.quaternion_i2c;
            (void)printf("%d %u %u ", driver.info.tlm_type, driver.info.tlm_id, driver.info.tlm_status);
            tell(q.vector_part, 3);
            tell(&q.scalar_part, 1);
            tell(&driver.info.telemetry.temperature.mcu_degC, 3);
            (void)printf("%u %d\n", driver.info.telemetry.solution.is_valid_quaternion,
                         driver.info.xxhash_state == SAGITTA_XXHASH_STATE_OK);
        }
    }
}

int main(int argc, char **argv)
{
    static DS_StreamRecBuffer buffer;
    const char *const name = argc > 2 ? argv[1] : "";
    telling = argc > 2 && strcmp(argv[2], "commands") == 0;
    while (!telling) {
        const ssize_t n = read(0, input + input_size, sizeof input - input_size);
        if (n <= 0) {
            break;
        }
        input_size += (size_t)n;
    }
    if (strcmp(name, "stim210") == 0) {
        stim210(&buffer);
    } else if (strcmp(name, "oem7600") == 0) {
        oem7600(&buffer);
    } else if (strcmp(name, "sagitta") == 0) {
        sagitta(&buffer);
    } else {
        return 2;
    }
    return 0;
}
