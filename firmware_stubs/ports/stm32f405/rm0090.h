/* The registers of the STM32F405 that this port uses, named as in ST's reference manual RM0090 (RCC 7.3, FLASH 3.9, PWR
 * 5.4, GPIO 8.4, TIM 18.4 and 19.5, USART 30.6, IWDG 21.4, DBGMCU 38.16) and in ARM's for the Cortex-M4 (SCB, SysTick, NVIC,
 * FPU). Those of the STM32F446 (RM0390) and of the STM32F411 (RM0383) are the same, as far as they are used. */
#ifndef RM0090_H
#define RM0090_H

#include <stdint.h>

struct rcc {
    volatile uint32_t CR, PLLCFGR, CFGR, CIR, AHB1RSTR, AHB2RSTR, AHB3RSTR, reserved0, APB1RSTR, APB2RSTR, reserved1[2],
        AHB1ENR, AHB2ENR, AHB3ENR, reserved2, APB1ENR, APB2ENR, reserved3[10], BDCR, CSR;
};
#define RCC ((struct rcc *)0x40023800u)
#define RCC_CR_HSION (1u << 0)
#define RCC_CR_HSIRDY (1u << 1)
#define RCC_CR_HSEON (1u << 16)
#define RCC_CR_HSERDY (1u << 17)
#define RCC_CR_HSEBYP (1u << 18)
#define RCC_CR_CSSON (1u << 19)
#define RCC_CR_PLLON (1u << 24)
#define RCC_CR_PLLRDY (1u << 25)
#define RCC_CR_PLLI2SON (1u << 26)
#define RCC_PLLCFGR_PLLM(m) ((uint32_t)(m))
#define RCC_PLLCFGR_PLLN(n) ((uint32_t)(n) << 6)
#define RCC_PLLCFGR_PLLP_2 (0u << 16)
#define RCC_PLLCFGR_PLLSRC_HSE (1u << 22)
#define RCC_PLLCFGR_PLLQ(q) ((uint32_t)(q) << 24)
#define RCC_PLLCFGR_PLLR_2 (2u << 28) /* of the F446; elsewhere reserved, and 2 */
#define RCC_CFGR_SW (3u << 0)
#define RCC_CFGR_SW_PLL (2u << 0)
#define RCC_CFGR_SWS (3u << 2)
#define RCC_CFGR_SWS_HSI (0u << 2)
#define RCC_CFGR_SWS_PLL (2u << 2)
#define RCC_CFGR_PPRE1(code) ((uint32_t)(code) << 10)
#define RCC_CFGR_PPRE2(code) ((uint32_t)(code) << 13)
#define RCC_CFGR_RTCPRE(divider) ((uint32_t)(divider) << 16)
#define RCC_CIR_CLEAR 0x00FF0000u /* every flag; and no interrupt is enabled */
#define RCC_CSR_RMVF (1u << 24)
#define RCC_CSR_BORRSTF (1u << 25)
#define RCC_CSR_PINRSTF (1u << 26)
#define RCC_CSR_PORRSTF (1u << 27)
#define RCC_CSR_SFTRSTF (1u << 28)
#define RCC_CSR_IWDGRSTF (1u << 29)
#define RCC_APB2ENR_TIM11EN (1u << 18)
#define RCC_APB1ENR_TIM3EN (1u << 1)
#define RCC_APB1ENR_TIM4EN (1u << 2)
#define RCC_APB1ENR_PWREN (1u << 28)

struct flash {
    volatile uint32_t ACR, KEYR, OPTKEYR, SR, CR;
};
#define FLASH ((struct flash *)0x40023C00u)
#define FLASH_BEGIN 0x08000000u
#define FLASH_KEYR_1 0x45670123u
#define FLASH_KEYR_2 0xCDEF89ABu
#define FLASH_SR_ERRORS 0xF2u
#define FLASH_SR_BSY (1u << 16)
#define FLASH_CR_PG (1u << 0)
#define FLASH_CR_SER (1u << 1)
#define FLASH_CR_SNB(sector) ((uint32_t)(sector) << 3)
#define FLASH_CR_PSIZE_32 (2u << 8)
#define FLASH_CR_STRT (1u << 16)
#define FLASH_CR_LOCK (1u << 31)
#define FLASH_ACR_LATENCY(wait_states) ((uint32_t)(wait_states))
#define FLASH_ACR_PRFTEN (1u << 8)
#define FLASH_ACR_ICEN (1u << 9)
#define FLASH_ACR_DCEN (1u << 10)
#define FLASH_ACR_DCRST (1u << 12)

struct pwr {
    volatile uint32_t CR, CSR;
};
#define PWR ((struct pwr *)0x40007000u)
#define PWR_CR_VOS(scale) ((uint32_t)(scale) << 14)

struct gpio {
    volatile uint32_t MODER, OTYPER, OSPEEDR, PUPDR, IDR, ODR, BSRR, LCKR, AFR[2];
};
#define GPIO(port) ((struct gpio *)(0x40020000u + 0x400u * (port))) /* 0 for A, 1 for B, ... */
#define GPIO_MODER_ALTERNATE 2u
#define GPIO_OSPEEDR_HIGH 2u
#define GPIO_PUPDR_UP 1u

struct usart {
    volatile uint32_t SR, DR, BRR, CR1, CR2, CR3;
};
#define USART1 ((struct usart *)0x40011000u)
#define USART2 ((struct usart *)0x40004400u)
#define USART3 ((struct usart *)0x40004800u)
#define UART4 ((struct usart *)0x40004C00u)
#define USART6 ((struct usart *)0x40011400u)
#define USART_SR_FE (1u << 1)
#define USART_SR_NF (1u << 2)
#define USART_SR_ORE (1u << 3)
#define USART_SR_RXNE (1u << 5)
#define USART_SR_TXE (1u << 7)
#define USART_CR1_RE (1u << 2)
#define USART_CR1_TE (1u << 3)
#define USART_CR1_RXNEIE (1u << 5)
#define USART_CR1_UE (1u << 13)

struct timer {
    volatile uint32_t CR1, CR2, SMCR, DIER, SR, EGR, CCMR1, CCMR2, CCER, CNT, PSC, ARR, RCR, CCR1, CCR2, CCR3, CCR4, BDTR,
        DCR, DMAR, OR;
};
#define TIM3 ((struct timer *)0x40000400u)
#define TIM4 ((struct timer *)0x40000800u)
#define TIM11 ((struct timer *)0x40014800u)
#define TIM11_INTERRUPT 26u /* TIM1_TRG_COM_TIM11 */
#define TIM_CR1_CEN 1u
#define TIM_DIER_UIE 1u
#define TIM_SR_CC1IF (1u << 1)
#define TIM_SR_CC1OF (1u << 9)
#define TIM_EGR_UG 1u
#define TIM_CCMR1_CC1S_TI1 (1u << 0)
#define TIM_CCMR1_IC1PSC_8 (3u << 2)
#define TIM_CCER_CC1E 1u
#define TIM11_OR_TI1_RMP_HSE_RTC 2u

struct iwdg {
    volatile uint32_t KR, PR, RLR, SR;
};
#define IWDG ((struct iwdg *)0x40003000u)
#define IWDG_KR_UNLOCK 0x5555u
#define IWDG_KR_RELOAD 0xAAAAu
#define IWDG_KR_START 0xCCCCu
#define IWDG_PR_32 3u

#define DBGMCU_APB1_FZ (*(volatile uint32_t *)0xE0042008u)
#define DBGMCU_APB1_FZ_IWDG_STOP (1u << 12)

struct systick {
    volatile uint32_t CTRL, LOAD, VAL;
};
#define SYSTICK ((struct systick *)0xE000E010u)
#define SYSTICK_LOAD_MAX 0xFFFFFFu
#define SYSTICK_CTRL_ENABLE 1u
#define SYSTICK_CTRL_TICKINT 2u
#define SYSTICK_CTRL_CLKSOURCE 4u

#define NVIC_ISER ((volatile uint32_t *)0xE000E100u)
#define NVIC_ICER ((volatile uint32_t *)0xE000E180u)
#define NVIC_ISPR ((volatile uint32_t *)0xE000E200u)
#define NVIC_ICPR ((volatile uint32_t *)0xE000E280u)
#define NVIC_REGISTERS 4u /* of 32 interrupts each; the F446 has most, 97 */
#define SCB_ICSR (*(volatile uint32_t *)0xE000ED04u)
#define SCB_ICSR_PENDSTCLR (1u << 25)
#define SCB_ICSR_PENDSVCLR (1u << 27)
#define SCB_VTOR (*(volatile uint32_t *)0xE000ED08u)
#define SCB_AIRCR (*(volatile uint32_t *)0xE000ED0Cu)
#define SCB_AIRCR_SYSRESETREQ 0x05FA0004u /* with the key */
#define SCB_CPACR (*(volatile uint32_t *)0xE000ED88u)
#define SCB_CPACR_FPU (0xFu << 20)
#define SCB_CFSR (*(volatile uint32_t *)0xE000ED28u)
#define SCB_CFSR_MMARVALID (1u << 7)
#define SCB_CFSR_BFARVALID (1u << 15)
#define SCB_MMFAR (*(volatile uint32_t *)0xE000ED34u)
#define SCB_BFAR (*(volatile uint32_t *)0xE000ED38u)

#endif
