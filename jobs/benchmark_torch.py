#!/usr/bin/env python3
"""Training speed of PyTorch on the workload of `chorus benchmark`, for jobs/benchmark.sh: the same shapes, lengths, law
of symbols, micro-batches and optimizer; one JSON object on standard output.

usage: benchmark_torch.py reference|additive|small [UPDATES]
"""
import bisect
import itertools
import json
import os
import random
import resource
import statistics
import sys
import time

import torch
from torch import nn
from torch.nn import functional

PAD, BEGIN, END, RESERVED = 0, 1, 2, 3
WARMING, BLOCKS, POOL, POOLS = 3, 4, 100, 3

# cell, embedding, encoder a direction, decoder, layers, readout, symbols, sentences of a micro-batch
SHAPES = {
    "reference": ("LSTM", 512, 256, 512, 2, 512, 8004, 64),
    "additive": ("LSTM", 256, 512, 512, 1, 256, 8004, 64),
    "small": ("GRU", 128, 128, 256, 1, 128, 10000, 32),
}


def join(states):
    """(directions, B, H) of a layer side by side."""
    return torch.cat(list(states), 1)


class Translator(nn.Module):
    """start(source): what the steps read, and the first states, each tensor's first dimension the batch;
    step(x, state): from the embedded symbols before (B, E) what is read out, and the next state."""

    def forward(self, source, before):
        """Teacher forcing: the logits of all steps (T, B, V)."""
        state, read = self.start(source), []
        for x in self.target(before):
            r, state = self.step(x, state)
            read.append(r)
        return self.logits(torch.stack(read))


class Current(Translator):
    """Luong et al. 2015: general attention on the state behind the step, input feeding, first states the encoder's last."""

    def __init__(self, cell, embedding, half, hidden, layers, readout, symbols):
        super().__init__()
        assert cell == "LSTM" and readout == hidden == 2 * half
        self.layers = layers
        self.source, self.target = nn.Embedding(symbols, embedding), nn.Embedding(symbols, embedding)
        self.encoder = nn.LSTM(embedding, half, layers, bidirectional=True)
        self.cells = nn.ModuleList(
            nn.LSTMCell(hidden if i else embedding + hidden, hidden) for i in range(layers))
        self.key = nn.Linear(hidden, hidden, bias=False)
        self.readout = nn.Linear(2 * hidden, hidden, bias=False)
        self.output = nn.Linear(hidden, symbols)

    def start(self, source):
        memory, last = self.encoder(self.source(source))
        states = [join(x[2 * i:2 * i + 2]) for i in range(self.layers) for x in last]
        memory = memory.transpose(0, 1).contiguous()
        return [self.key(memory), memory, (source == PAD).t(), torch.zeros_like(states[0]), *states]

    def step(self, x, state):
        keys, memory, padding, fed, *states = state
        x = torch.cat([x, fed], 1)
        for i, cell in enumerate(self.cells):
            states[2 * i:2 * i + 2] = cell(x, tuple(states[2 * i:2 * i + 2]))
            x = states[2 * i]
        scores = torch.bmm(keys, x.unsqueeze(2)).squeeze(2).masked_fill(padding, -1e9)
        context = torch.bmm(torch.softmax(scores, 1).unsqueeze(1), memory).squeeze(1)
        fed = torch.tanh(self.readout(torch.cat([context, x], 1)))
        return fed, [keys, memory, padding, fed, *states]

    def logits(self, read):
        return self.output(read)


class Previous(Translator):
    """Bahdanau et al. 2015: additive attention on the state before the step, first state from the mean of the encoder's."""

    def __init__(self, cell, embedding, half, hidden, layers, readout, symbols):
        super().__init__()
        assert layers == 1
        width = 2 * half
        self.remembers = cell == "LSTM"
        self.source, self.target = nn.Embedding(symbols, embedding), nn.Embedding(symbols, embedding)
        self.encoder = getattr(nn, cell)(embedding, half, bidirectional=True)
        self.cell = getattr(nn, cell + "Cell")(embedding + width, hidden)
        self.first = nn.Linear(width, hidden)
        self.key, self.query = nn.Linear(width, hidden), nn.Linear(hidden, hidden, bias=False)
        self.score = nn.Linear(hidden, 1, bias=False)
        self.readout = nn.Linear(hidden + embedding + width, readout)
        self.output = nn.Linear(readout, symbols)

    def start(self, source):
        memory, _ = self.encoder(self.source(source))
        memory = memory.transpose(0, 1).contiguous()
        h = torch.tanh(self.first(memory.mean(1)))
        return [self.key(memory), memory, (source == PAD).t(), h, torch.zeros_like(h)]

    def step(self, x, state):
        keys, memory, padding, h, c = state
        scores = self.score(torch.tanh(keys + self.query(h).unsqueeze(1))).squeeze(2)
        weights = torch.softmax(scores.masked_fill(padding, -1e9), 1)
        context = torch.bmm(weights.unsqueeze(1), memory).squeeze(1)
        step = torch.cat([x, context], 1)
        if self.remembers:
            h, c = self.cell(step, (h, c))
        else:
            h = self.cell(step, h)
        return torch.cat([h, x, context], 1), [keys, memory, padding, h, c]

    def logits(self, read):
        return self.output(torch.tanh(self.readout(read)))


def padded(rows):
    """(T, B)"""
    longest = max(map(len, rows))
    return torch.tensor([row + [PAD] * (longest - len(row)) for row in rows]).t().contiguous()


def packed(pairs):
    """Source, target but for its end behind begin, target: (S, B), (T, B), (T, B)"""
    return (padded([s for s, _ in pairs]), padded([[BEGIN] + t for _, t in pairs]), padded([t + [END] for _, t in pairs]))


def philox(counter, seed):
    """Philox4x32-10 (Salmon et al. 2011), as Chorus draws: four words."""
    mask, (a, b, c, d), key = 0xFFFFFFFF, counter, [seed, 0]
    for _ in range(10):
        left, right = a * 0xD2511F53, c * 0xCD9E8D57
        a, b, c, d = right >> 32 ^ b ^ key[0], right & mask, left >> 32 ^ d ^ key[1], left & mask
        key = [key[0] + 0x9E3779B9 & mask, key[1] + 0xBB67AE85 & mask]
    return a, b, c, d


def below(bound, position, index, lane, purpose=12):
    """random_below of comm/base/random.h; the purpose is RANDOM_MADE."""
    words = philox((position // 2, 0, index, purpose << 16 | lane), 1)
    low, high = words[position % 2 * 2:][:2]
    return (high << 32 | low) * bound >> 64


def sentences_from(symbols, first, count):
    """Those of trainer/benchmark/made.c: 5 to 40 tokens a side. The symbols are drawn by the same law, but are others."""
    draw = random.Random(first)
    sums = list(itertools.accumulate(1 / (i + 1) for i in range(symbols - RESERVED)))

    def side(index, lane):
        return [RESERVED + min(bisect.bisect_left(sums, draw.random() * sums[-1]), len(sums) - 1)
                for _ in range(5 + below(36, 0, index, lane))]

    return [(side(i, 0), side(i, 1)) for i in range(first, first + count)]


def micro_batches(symbols, sentences):
    """Those of trainer/benchmark/made.c, sorted by target, then source length, in pools of 100, again and again."""
    cut, pool = [], POOL * sentences
    for first in range(0, POOLS * pool, pool):
        pairs = sorted(sentences_from(symbols, first, pool), key=lambda p: (len(p[1]), len(p[0])))
        cut += [pairs[i:i + sentences] for i in range(0, pool, sentences)]
    for i in range(len(cut) - 1, 0, -1):
        other = below(i + 1, i, 0, 2)
        cut[i], cut[other] = cut[other], cut[i]
    return itertools.cycle(cut)


def model_of(shape):
    *sizes, symbols, _ = SHAPES[shape]
    torch.manual_seed(1)
    torch.set_num_threads(int(os.environ.get("OMP_NUM_THREADS", "1")))
    return (Current if shape == "reference" else Previous)(*sizes, symbols)


def main():
    shape, updates = sys.argv[1], int(sys.argv[2]) if len(sys.argv) > 2 else 20
    *_, symbols, sentences = SHAPES[shape]
    model = model_of(shape)
    optimizer = torch.optim.Adam(model.parameters(), 3e-4)
    batches = [packed(pairs) for pairs in itertools.islice(micro_batches(symbols, sentences), WARMING + updates)]

    def update(source, before, target):
        start = time.perf_counter()
        loss = functional.cross_entropy(model(source, before).flatten(0, 1), target.flatten(), ignore_index=PAD)
        optimizer.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_(model.parameters(), 5.0)
        optimizer.step()
        return int((target != PAD).sum()), time.perf_counter() - start

    done = [update(*batch) for batch in batches][WARMING:]
    size = 10 if updates >= 40 else (updates + BLOCKS - 1) // BLOCKS
    blocks = [done[i:i + size] for i in range(0, len(done) - size + 1, size)]
    rates = [sum(n for n, _ in block) / sum(s for _, s in block) for block in blocks]
    print(json.dumps({
        "what": "PyTorch " + torch.__version__,
        "shape": shape,
        "parameters": sum(p.numel() for p in model.parameters()),
        "source_tokens": sum(int((source != PAD).sum()) for source, _, _ in batches[WARMING:]),
        "target_tokens": sum(n for n, _ in done),
        "target_tokens_per_second": statistics.median(rates),
        "peak_memory_bytes": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024,
    }))


if __name__ == "__main__":
    main()
