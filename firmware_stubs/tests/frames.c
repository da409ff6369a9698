#include "frames.h"

#include <string.h>

static int digit(char c)
{
    return c >= 'a' ? c - 'a' + 10 : c - '0';
}

static void from_hex(const char *text, struct bytes *bytes)
{
    bytes->size = 0;
    for (; text[0] != '\0' && text[1] != '\0' && bytes->size < FRAME_BYTES_MAX; text += 2) {
        bytes->data[bytes->size++] = (uint8_t)(digit(text[0]) * 16 + digit(text[1]));
    }
}

/* "name packet frame" or "name frame" */
static bool parse(const char *line, struct vector *vector)
{
    static char first[2 * FRAME_BYTES_MAX + 1], second[2 * FRAME_BYTES_MAX + 1];
    const int words = sscanf(line, "%63s %2048s %2048s", vector->name, first, second);
    if (words < 2) {
        return false;
    }
    vector->packet.size = 0;
    if (words == 3) {
        from_hex(first, &vector->packet);
    }
    from_hex(words == 3 ? second : first, &vector->frame);
    return true;
}

size_t frames_read(const char *file, void (*use)(void *context, const struct vector *vector), void *context)
{
    static char line[4 * FRAME_BYTES_MAX + 100], path[1024];
    static struct vector vector;
    size_t count = 0;
    (void)snprintf(path, sizeof path, "%s/%s", check_frames_folder, file);
    FILE *stream = fopen(path, "r");
    if (stream == NULL) {
        return 0;
    }
    while (fgets(line, sizeof line, stream) != NULL) {
        if (line[0] != '#' && parse(line, &vector)) {
            use(context, &vector);
            count++;
        }
    }
    (void)fclose(stream);
    return count;
}
