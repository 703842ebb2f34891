// compare_precisions PROBE_FLOAT PROBE_DOUBLE: the program's precision against the one that the
// gradient tests check. The two libraries have the same symbols, so each is asked through a program
// of its own.
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

enum { SENTENCES = 12 }; // TRIAL_SENTENCES of the probe
static const double loss_tolerance = 1e-5, gradient_tolerance = 1e-4;

struct numbers {
    double *list;
    int64_t count;
};

static FILE *start(const char *program, const char *argument)
{
    char command[4096];
    snprintf(command, sizeof command, "'%s' %s", program, argument);
    FILE *output = popen(command, "r");
    if (!output) {
        perror(program);
        exit(1);
    }
    return output;
}

static void finish(FILE *output, const char *program)
{
    if (pclose(output) != 0) {
        fprintf(stderr, "%s failed\n", program);
        exit(1);
    }
}

static struct numbers read_numbers(const char *program, int shape)
{
    char argument[16];
    snprintf(argument, sizeof argument, "%d", shape);
    FILE *output = start(program, argument);
    struct numbers numbers = {NULL, 0};
    double number;
    int64_t capacity = 0;
    while (fread(&number, sizeof number, 1, output) == 1) {
        if (numbers.count == capacity) {
            capacity = 2 * capacity + 1024;
            numbers.list = realloc(numbers.list, (size_t)capacity * sizeof number);
            if (!numbers.list)
                exit(1);
        }
        numbers.list[numbers.count++] = number;
    }
    finish(output, program);
    return numbers;
}

static int shapes(const char *program)
{
    FILE *output = start(program, "");
    int count = 0;
    if (fscanf(output, "%d", &count) != 1)
        count = 0;
    finish(output, program);
    return count;
}

static double relative(double x, double y)
{
    return fabs(x - y) / fabs(y);
}

// A NaN compares as worse than anything allowed.
static int compare(int shape, const struct numbers *single, const struct numbers *exact)
{
    if (single->count != exact->count || exact->count <= 1 + SENTENCES) {
        fprintf(stderr, "shape %d: %lld numbers in float, %lld in double\n", shape,
                (long long)single->count, (long long)exact->count);
        return 1;
    }
    double loss = 0;
    for (int i = 0; i <= SENTENCES; i++)
        loss = fmax(loss, relative(single->list[i], exact->list[i]));
    double difference = 0, norm = 0;
    for (int64_t i = 1 + SENTENCES; i < exact->count; i++) {
        double d = single->list[i] - exact->list[i];
        difference += d * d;
        norm += exact->list[i] * exact->list[i];
    }
    double gradient = sqrt(difference / norm);
    int wrong = !(loss <= loss_tolerance) || !(gradient <= gradient_tolerance) || !(norm > 0);
    for (int i = 0; i <= SENTENCES; i++)
        wrong |= !isfinite(single->list[i]) || !(exact->list[i] > 0);
    printf("shape %d: losses differ by %.2g (%.2g allowed), gradients by %.2g of the norm (%.2g "
           "allowed)%s\n",
           shape, loss, loss_tolerance, gradient, gradient_tolerance, wrong ? ": wrong" : "");
    return wrong;
}

int main(int count, char **words)
{
    if (count != 3) {
        fprintf(stderr, "usage: compare_precisions PROBE_FLOAT PROBE_DOUBLE\n");
        return 2;
    }
    int models = shapes(words[1]), wrong = 0;
    for (int shape = 0; shape < models; shape++) {
        struct numbers single = read_numbers(words[1], shape);
        struct numbers exact = read_numbers(words[2], shape);
        wrong += compare(shape, &single, &exact);
        free(single.list);
        free(exact.list);
    }
    return models == 0 || wrong > 0;
}
