/* Names of C2A's driver base as its drivers use them, and a small body of our own (probe.c). */
#ifndef C2A_STAND_IN_H
#define C2A_STAND_IN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef uint32_t cycle_t;
typedef uint8_t step_t;
typedef struct {
    cycle_t total_cycle, mode_cycle;
    step_t step;
} ObcTime;
ObcTime OBCT_create(cycle_t total_cycle, cycle_t mode_cycle, step_t step);

typedef enum { DS_ERR_CODE_OK = 0, DS_ERR_CODE_ERR = -1 } DS_ERR_CODE;
typedef enum { DS_INIT_OK, DS_INIT_DS_INIT_ERR, DS_INIT_OTHER_ERR } DS_INIT_ERR_CODE;
typedef enum { DS_REC_OK, DS_REC_DS_RECEIVE_ERR, DS_REC_ANALYZE_ERR, DS_REC_OTHER_ERR } DS_REC_ERR_CODE;
typedef enum {
    DS_CMD_OK,
    DS_CMD_ILLEGAL_CONTEXT,
    DS_CMD_ILLEGAL_PARAMETER,
    DS_CMD_ILLEGAL_LENGTH,
    DS_CMD_DRIVER_SUPER_ERR,
    DS_CMD_UNKNOWN_ERR
} DS_CMD_ERR_CODE;
typedef enum { DS_STREAM_REC_STATUS_FINDING_HEADER, DS_STREAM_REC_STATUS_FIXED_FRAME } DS_STREAM_REC_STATUS_CODE;
typedef struct {
    DS_STREAM_REC_STATUS_CODE status_code;
} DS_StreamRecStatus;
typedef struct {
    int unused;
} DS_StreamRecBuffer;

typedef struct DS_StreamConfig {
    const uint8_t *header, *footer;
    uint16_t header_size, footer_size;
    int16_t frame_size, length_pos;
    uint16_t length_size, length_offset;
    const uint8_t *tx_frame;
    uint16_t tx_size;
    DS_ERR_CODE (*analyze)(struct DS_StreamConfig *, void *);
    DS_StreamRecStatus status;
    uint8_t frame[1024];
} DS_StreamConfig;

typedef struct {
    int interface;
    DS_StreamConfig stream_config[1];
    ObcTime rx_time;
} DriverSuper;

DS_ERR_CODE DS_init(DriverSuper *, void *config, DS_StreamRecBuffer *, DS_ERR_CODE (*settings)(DriverSuper *));
DS_ERR_CODE DS_receive(DriverSuper *);
DS_ERR_CODE DS_analyze_rec_data(DriverSuper *, uint8_t stream, void *driver);
DS_ERR_CODE DS_send_general_cmd(DriverSuper *, uint8_t stream);
DS_ERR_CODE DS_send_req_tlm_cmd(DriverSuper *, uint8_t stream);
DS_ERR_CODE DS_clear_rx_buffer(DriverSuper *);
const ObcTime *DSC_get_rx_time(const DriverSuper *);
void DSC_set_rx_buffer_size_in_if_rx(DriverSuper *, uint16_t size);
void DSSC_enable(DS_StreamConfig *);
void DSSC_enable_strict_frame_search(DS_StreamConfig *);
const DS_StreamRecStatus *DSSC_get_rec_status(const DS_StreamConfig *);
const uint8_t *DSSC_get_rx_frame(const DS_StreamConfig *);
void DSSC_set_data_analyzer(DS_StreamConfig *, DS_ERR_CODE (*analyze)(DS_StreamConfig *, void *));
void DSSC_set_rx_header(DS_StreamConfig *, const uint8_t *header, uint16_t size);
void DSSC_set_rx_footer(DS_StreamConfig *, const uint8_t *footer, uint16_t size);
void DSSC_set_rx_frame_size(DS_StreamConfig *, int16_t size);
void DSSC_set_rx_framelength_pos(DS_StreamConfig *, int16_t pos);
void DSSC_set_rx_framelength_type_size(DS_StreamConfig *, uint16_t size);
void DSSC_set_rx_framelength_offset(DS_StreamConfig *, uint16_t offset);
void DSSC_set_tx_frame(DS_StreamConfig *, const uint8_t *frame);
void DSSC_set_tx_frame_size(DS_StreamConfig *, uint16_t size);

#endif
