/* Gauss coefficients g, h of the geomagnetic field at 2027.0, in T, for Legendre functions that are not normalised: IGRF-14
 * (IAGA Working Group V-MOD, https://doi.org/10.5281/zenodo.14012302), 2025 and its secular variation, each times
 * sqrt((2 - [m = 0]) (n - m)! / (n + m)!). A test makes them anew from the model's file. */
#ifndef FIELD_COEFFICIENTS_H
#define FIELD_COEFFICIENTS_H

#define FIELD_DEGREE 7

static const float field_coefficients[][2] = {
    /* degree 1, orders 0..1 */
    {-2.932480e-05f, 0.000000e+00f}, {-1.390300e-06f, 4.502500e-06f},
    /* degree 2, orders 0..2 */
    {-2.578600e-06f, 0.000000e+00f}, {1.697583e-06f, -1.840708e-06f}, {4.711467e-07f, -2.414479e-07f},
    /* degree 3, orders 0..3 */
    {1.357900e-06f, 0.000000e+00f}, {-9.851031e-07f, -2.012664e-08f}, {1.606772e-07f, 3.062239e-08f},
    {2.225189e-08f, -2.937756e-08f},
    /* degree 4, orders 0..4 */
    {8.913000e-07f, 0.000000e+00f}, {2.514011e-07f, 8.727886e-08f}, {3.294473e-09f, -9.376578e-09f},
    {-5.384505e-09f, 4.286887e-09f}, {-1.126872e-11f, -2.701676e-09f},
    /* degree 5, orders 0..5 */
    {-2.317000e-07f, 0.000000e+00f}, {9.594671e-08f, 1.143821e-08f}, {9.134425e-09f, 1.093984e-08f},
    {-1.367541e-09f, -1.214153e-09f}, {-3.223324e-10f, 1.086962e-10f}, {1.700078e-11f, 8.166316e-11f},
    /* degree 6, orders 0..6 */
    {6.390000e-08f, 0.000000e+00f}, {1.379137e-08f, -3.884278e-09f}, {2.701607e-09f, 4.692446e-10f},
    {-6.515369e-10f, 2.766013e-10f}, {-4.462081e-11f, -6.110426e-11f}, {3.514283e-12f, 2.753228e-12f},
    {-3.812401e-12f, 4.820425e-12f},
    /* degree 7, orders 0..7 */
    {7.940000e-08f, 0.000000e+00f}, {-1.457053e-08f, -9.014453e-09f}, {-2.314550e-10f, -3.446108e-10f},
    {2.193090e-10f, -8.728716e-12f}, {8.553372e-12f, 1.288489e-11f}, {8.224396e-14f, -8.407161e-13f},
    {-2.293955e-13f, -4.319086e-13f}, {7.711462e-14f, -1.341124e-14f},
};

#endif
