#include "trainer/host/computing.h"
#include "comm/base/die.h"
#include "comm/comm.h"
#include "io/run/run_folder.h"
#include "io/sealed/sealed.h"
#include "io/text/json.h"
#include "model/product/product.h"
#include "model/product/threads.h"
#include "trainer/process/agree.h"
#include <stdio.h>
#include <string.h>

/* Everything that may change bits. Ranks, hosts and threads may not, so they are not in it. */
static void describe(const struct settings *settings, struct text *text)
{
    text_add_format(text, "chorus %s (%s), %s, %s", CHORUS_VERSION, __VERSION__,
                    product_words((enum precision)settings->precision), sealed_library());
}

void computing_agree(const struct settings *settings)
{
    enum { MOST = 256 };
    char mine[MOST] = "", first[MOST];
    struct text text = {0};
    describe(settings, &text);
    snprintf(mine, sizeof mine, "%s", text.bytes);
    text_release(&text);
    memcpy(first, mine, sizeof first);
    comm_broadcast(first, sizeof first, 0);
    agree(strcmp(mine, first) == 0,
          "computes with %s, but rank 0 with %s: choose one with --kernel and --products", mine,
          first);
}

void computing_record(const struct settings *settings, const char *folder, int continued)
{
    if (comm_rank() != 0)
        return;
    struct reason why;
    struct text now = {0}, before = {0}, description = {0};
    describe(settings, &description);
    json_open(&now, NULL);
    json_text(&now, "computing", description.bytes);
    json_close(&now);
    text_add(&now, "\n", 1);
    if (continued && run_folder_read(folder, "computing.json", &before, &why) &&
        strcmp(before.bytes, now.bytes) != 0)
        fprintf(stderr,
                "warning: the run was computed with %.*s and goes on with %s: its bits may differ "
                "from an undisturbed run's "
                "(--kernel and --products give the old choice back)\n",
                (int)strcspn(before.bytes, "\n"), before.bytes, description.bytes);
    if (!run_folder_write(folder, "computing.json", &now, &why))
        die("run folder '%s': %s", folder, why.text);
    text_release(&now);
    text_release(&before);
    text_release(&description);
}
