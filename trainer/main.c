/* The verbs. What is wrong with the command line is told before MPI starts. */
#include "comm/base/die.h"
#include "comm/comm.h"
#include "trainer/host/kernel_start.h"
#include "trainer/process/stop.h"
#include "trainer/settings/command_line.h"
#include "trainer/settings/commands.h"
#include "trainer/settings/settings_agree.h"
#include <signal.h>

static int run(enum command command, struct settings *settings)
{
    switch (command) {
    case COMMAND_PREPARE:
        return prepare(settings);
    case COMMAND_TRAIN:
        return train(settings);
    case COMMAND_TRANSLATE:
    case COMMAND_TAG:
    case COMMAND_CLASSIFY:
    case COMMAND_GENERATE:
        return translate(settings, command);
    case COMMAND_SCORE:
        return score(settings);
    case COMMAND_EVALUATE:
        return evaluate(settings);
    case COMMAND_INSPECT:
        return inspect(settings);
    case COMMAND_BENCHMARK:
        return benchmark(settings);
    case COMMAND_SAMPLE:
        return sample(settings);
    }
    require(!"a command of the table");
    return STATUS_FAILED;
}

int main(int argc, char **argv)
{
    enum command command;
    struct settings settings;
    struct faults faults = {0};
    signal(SIGPIPE, SIG_IGN);
    signal(SIGXFSZ, SIG_IGN); // a file as long as is allowed fails as a full disk does
    if (comm_launcher_rank() != 0)
        die_silent(comm_tell);
    if (!command_line(argc - 1, argv + 1, &command))
        return STATUS_DONE;
    settings_init(&settings);
    settings_read(&settings, command, argc - 2, argv + 2, &faults);
    settings_check(&settings, command, &faults);
    faults_end(&faults);
    if (!(command & (COMMAND_PREPARE | COMMAND_INSPECT)))
        kernel_start(&settings, argv);
    if (command != COMMAND_INSPECT) // which does not ask whether it is to stop
        stop_start();
    comm_start();
    settings_agree(&settings, command);
    int status = run(command, &settings);
    if (status == STATUS_STOPPED && stop_agreed() && stop_is_urgent())
        comm_leave(status);
    int rank = comm_rank();
    comm_stop();
    settings_release(&settings);
    return rank == 0 ? status : STATUS_DONE;
}
