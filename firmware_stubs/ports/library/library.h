/* The flight software as a shared library: a function call on the bytes that a wire would carry. */
#ifndef HIL_OBC_LIBRARY_H
#define HIL_OBC_LIBRARY_H

#include <stddef.h>
#include <stdint.h>

/* Bytes that one OBC needs, aligned as malloc aligns. */
size_t hil_obc_size(void);

/* Boot an OBC in such a place: one that keeps nothing over a restart. */
void hil_obc_init(void *obc);

/* Octets of what outlives a restart; all 0 when it is new. */
size_t hil_obc_store_size(void);

/* Boot an OBC that keeps in *store, aligned as malloc aligns, what is to outlive a restart. `cause` is enum reset_cause of
 * restart.h. */
void hil_obc_boot(void *obc, void *store, unsigned cause);

/* Give it the bytes rx[0..rx_len) and collect its replies in tx. Returns the size of the replies; what did not fit into
 * tx_capacity is cut off. Not reentrant for one OBC; several OBCs are independent. */
size_t hil_obc_exchange(void *obc, const uint8_t *rx, size_t rx_len, uint8_t *tx, size_t tx_capacity);

/* For training and figures: what the vision software finds in a picture. `memory` is of hil_vision_size octets; the octets
 * are those of the wire. Each of up to 24 finds is eight numbers: kind, confidence, column and row in 64ths, pixels, peak,
 * mean, sigma in 16ths; `inputs`, unless NULL, gets the network's 260 for each. Returns how many there are; none for a
 * picture of another size. */
size_t hil_vision_size(void);
size_t hil_vision_find(void *memory, const uint8_t *octets, uint16_t columns, uint16_t rows, uint16_t bits, int32_t *finds,
                       int8_t *inputs);

/* Learn the hot and dead pixels of a camera from a picture of it, and replace them in its octets. `memory`, all zero before
 * the first one, keeps their map. Returns how many there are on it. */
size_t hil_vision_correct(void *memory, uint8_t *octets, uint16_t columns, uint16_t rows, uint16_t bits, uint16_t number);

#endif
