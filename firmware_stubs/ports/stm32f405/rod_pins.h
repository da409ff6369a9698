/* Magnetorquers on H-bridges by PWM of 20 kHz: x on PA6 and PA7 (TIM3, channels 1 and 2), y on PB0 and PB1 (TIM3, 3 and 4),
 * z on PB6 and PB7 (TIM4, 1 and 2), the positive side first. */
#ifndef ROD_PINS_H
#define ROD_PINS_H

void rod_pins_start(void);

/* share: -1 to 1 of the largest dipole. */
void rod_pins_set(void *context, unsigned axis, float share);

#endif
