/* SPDX-License-Identifier: 0BSD */
/*
 * A rope is a ball that moves along a curve. Each pixel shows the highest ball that covers it, and
 * is the lighter the more its surface faces up: where one part crosses another, the upper one hides
 * the lower one without further ado. Integers only, for kernels do not use floating point.
 */
#include "canvas.h"

enum {
    GRID = 1000,     /* the curve's points are parts of this */
    SIDE_MAX = 1024, /* pixels */
    STEPS = 160,     /* of the ball between two points */
    RADIUS = 30,
    STRAND = 46, /* length of one turn of the rope's strands */
    FINE = 8,    /* heights are parts of a pixel, so that neighbours differ */
};

/* x and y as on the screen, z towards the viewer. */
struct point {
    int x, y, z;
};

/* A bowline: out of the hole, round the tree, and back into the hole. */
static const struct point curve[] = {
    {540, -260, 0},  {540, -60, 0},   {540, 170, 10},  /* the tree */
    {520, 310, 0},   {440, 420, -30}, {400, 540, -20}, /* the hole's left side */
    {470, 640, 20},  {590, 630, 30},  {640, 530, 30},  /* and its right one, in front */
    {570, 420, 40},  {430, 380, 50},  {290, 430, 20},  /* over the tree, into the big loop */
    {190, 590, 0},   {190, 770, 0},   {320, 900, 0},   /* the big loop */
    {500, 940, 0},   {690, 890, 0},   {770, 760, -20}, /* and up again */
    {700, 670, -60}, {590, 590, -40}, {560, 500, 60},  /* out of the hole */
    {610, 390, 110}, {650, 270, 40},  {620, 160, -40}, /* towards the tree */
    {520, 110, -80}, {430, 170, -40}, {420, 270, 50},  /* behind it */
    {450, 380, 120}, {490, 500, 60},  {470, 600, -40}, /* into the hole */
    {420, 690, -50}, {390, 770, -20}, {380, 820, 0},
};

static int16_t heights[SIDE_MAX][SIDE_MAX]; /* of the highest ball's surface; 0: none */

static int square_root(int value)
{
    int root = 0;

    for (int bit = 1 << 10; bit > 0; bit >>= 1)
        if ((root + bit) * (root + bit) <= value)
            root += bit;
    return root;
}

/* Catmull-Rom: a smooth curve through all points; `t` is the way from b to c in STEPS. */
static int between(int a, int b, int c, int d, int t)
{
    int64_t s = STEPS;
    int64_t sum = 2 * b * s * s * s + (c - a) * t * s * s +
                  (2 * a - 5 * b + 4 * c - d) * (int64_t)t * t * s +
                  (3 * b - a - 3 * c + d) * (int64_t)t * t * t;

    return (int)(sum / (2 * s * s * s));
}

/* p: four points; between the second and the third. */
static struct point point_on(const struct point *p, int t)
{
    return (struct point){
        between(p[0].x, p[1].x, p[2].x, p[3].x, t),
        between(p[0].y, p[1].y, p[2].y, p[3].y, t),
        between(p[0].z, p[1].z, p[2].z, p[3].z, t),
    };
}

static int distance(const struct point *a, const struct point *b)
{
    return square_root((a->x - b->x) * (a->x - b->x) + (a->y - b->y) * (a->y - b->y));
}

static uint32_t shade(int height, int radius, int along, int across)
{
    /* The strands wind around: a groove wherever length and side together say so. */
    int turn = (along + across * STRAND / (2 * radius)) % STRAND;
    int light = 70 + 185 * height / radius;

    if (turn < 0)
        turn += STRAND;
    if (turn < STRAND / 6)
        light = light * 6 / 10;
    else if (turn < STRAND / 3)
        light = light * 9 / 10;
    return (uint32_t)(light * 236 / 255) << 16 | (uint32_t)(light * 196 / 255) << 8 |
           (uint32_t)(light * 128 / 255);
}

struct ball {
    struct point centre;
    int along;  /* way from the rope's end */
    int dx, dy; /* where it moves to, for telling left from right; length 256 */
};

static void draw_ball(const struct ball *ball, int x0, int y0, int size)
{
    int radius = RADIUS * size / GRID;
    int x = ball->centre.x * size / GRID, y = ball->centre.y * size / GRID;
    int z = FINE * (GRID + ball->centre.z) * size / GRID;

    for (int dy = -radius; dy <= radius; dy++) {
        for (int dx = -radius; dx <= radius; dx++) {
            int rest = radius * radius - dx * dx - dy * dy;
            int px = x + dx, py = y + dy;

            if (rest < 0 || px < 0 || py < 0 || px >= size || py >= size)
                continue;
            int height = square_root(FINE * FINE * rest);
            if (z + height < heights[py][px])
                continue;
            heights[py][px] = (int16_t)(z + height);
            canvas_set_pixel(
                x0 + px, y0 + py,
                shade(height / FINE, radius, ball->along, (dx * ball->dy - dy * ball->dx) / 256));
        }
    }
}

void canvas_draw_rope(int x, int y, int size)
{
    int count = sizeof(curve) / sizeof(curve[0]), along = 0;
    struct point last = curve[1];

    if (size > SIDE_MAX)
        size = SIDE_MAX;
    for (int i = 0; i + 3 < count; i++) {
        for (int t = 0; t < STEPS; t++) {
            struct ball ball = {.centre = point_on(&curve[i], t)};
            struct point ahead = point_on(&curve[i], t + STEPS / 8);
            int moved = distance(&last, &ball.centre), reach = distance(&ball.centre, &ahead);

            if (moved < 3 || reach == 0)
                continue; /* it covers the same pixels as the last one */
            along += moved;
            last = ball.centre;
            ball.along = along;
            ball.dx = (ahead.x - last.x) * 256 / reach;
            ball.dy = (ahead.y - last.y) * 256 / reach;
            draw_ball(&ball, x, y, size);
        }
    }
}
