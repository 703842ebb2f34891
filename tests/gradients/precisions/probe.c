// probe NUMBER: loss, validation losses and gradient of one model of a list, as doubles on standard
// output. Built with the float and with the double library; both start from the same numbers.
// Without NUMBER it prints how many models there are.
#include "tests/model/models.h"
#include "tests/model/trial.h"
#include <stdlib.h>

static void write_numbers(const double *numbers, int64_t count)
{
    if (fwrite(numbers, sizeof *numbers, (size_t)count, stdout) != (size_t)count)
        exit(1);
}

static void probe(int number)
{
    struct shape shape = models_shape_in_training(number);
    struct trial trial;
    trial_init(&trial, &shape);
    trial_pack(&trial, 0, TRIAL_SENTENCES);
    double loss = trial_gradient(&trial), losses[TRIAL_SENTENCES];
    trial_losses(&trial, losses);
    write_numbers(&loss, 1);
    write_numbers(losses, TRIAL_SENTENCES);
    for (int64_t i = 0; i < trial.model.parameters.total; i++) {
        double element = (double)trial.gradient[i];
        write_numbers(&element, 1);
    }
    trial_release(&trial);
}

int main(int count, char **words)
{
    if (count == 2)
        probe(atoi(words[1]));
    else
        printf("%d\n", MODELS);
    return 0;
}
