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


class Current(nn.Module):
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

    def forward(self, source, before):
        memory, last = self.encoder(self.source(source))
        states = [[join(x[2 * i:2 * i + 2]) for x in last] for i in range(self.layers)]
        memory = memory.transpose(0, 1).contiguous()
        keys, padding = self.key(memory), (source == PAD).t()
        fed, readouts = torch.zeros_like(states[0][0]), []
        for x in self.target(before):
            x = torch.cat([x, fed], 1)
            for i, cell in enumerate(self.cells):
                states[i] = cell(x, states[i])
                x = states[i][0]
            scores = torch.bmm(keys, x.unsqueeze(2)).squeeze(2).masked_fill(padding, -1e9)
            context = torch.bmm(torch.softmax(scores, 1).unsqueeze(1), memory).squeeze(1)
            fed = torch.tanh(self.readout(torch.cat([context, x], 1)))
            readouts.append(fed)
        return self.output(torch.stack(readouts))


class Previous(nn.Module):
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

    def forward(self, source, before):
        memory, _ = self.encoder(self.source(source))
        memory = memory.transpose(0, 1).contiguous()
        keys, padding = self.key(memory), (source == PAD).t()
        h = torch.tanh(self.first(memory.mean(1)))
        c, read = torch.zeros_like(h), []
        for x in self.target(before):
            scores = self.score(torch.tanh(keys + self.query(h).unsqueeze(1))).squeeze(2)
            weights = torch.softmax(scores.masked_fill(padding, -1e9), 1)
            context = torch.bmm(weights.unsqueeze(1), memory).squeeze(1)
            step = torch.cat([x, context], 1)
            if self.remembers:
                h, c = self.cell(step, (h, c))
            else:
                h = self.cell(step, h)
            read.append(torch.cat([h, x, context], 1))
        return self.output(torch.tanh(self.readout(torch.stack(read))))


def padded(rows):
    """(T, B)"""
    longest = max(map(len, rows))
    return torch.tensor([row + [PAD] * (longest - len(row)) for row in rows]).t().contiguous()


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


def micro_batches(symbols, sentences, wanted):
    """Those of trainer/made.c: 5 to 40 tokens a side, sorted by target, then source length, in pools of 100. The symbols
    are drawn by the same law, but are others."""
    draw = random.Random(1)
    sums = list(itertools.accumulate(1 / (i + 1) for i in range(symbols - RESERVED)))

    def side(index, lane):
        return [RESERVED + min(bisect.bisect_left(sums, draw.random() * sums[-1]), len(sums) - 1)
                for _ in range(5 + below(36, 0, index, lane))]

    cut, pool = [], POOL * sentences
    for first in range(0, POOLS * pool, pool):
        pairs = sorted(([side(i, 0), side(i, 1)] for i in range(first, first + pool)),
                       key=lambda p: (len(p[1]), len(p[0])))
        cut += [pairs[i:i + sentences] for i in range(0, pool, sentences)]
    for i in range(len(cut) - 1, 0, -1):
        other = below(i + 1, i, 0, 2)
        cut[i], cut[other] = cut[other], cut[i]
    for batch in itertools.islice(itertools.cycle(cut), wanted):
        source = padded([s for s, _ in batch])
        before, target = padded([[BEGIN] + t for _, t in batch]), padded([t + [END] for _, t in batch])
        yield source, before, target


def main():
    shape, updates = sys.argv[1], int(sys.argv[2]) if len(sys.argv) > 2 else 20
    *sizes, symbols, sentences = SHAPES[shape]
    torch.manual_seed(1)
    torch.set_num_threads(int(os.environ.get("OMP_NUM_THREADS", "1")))
    model = (Current if shape == "reference" else Previous)(*sizes, symbols)
    optimizer = torch.optim.Adam(model.parameters(), 3e-4)
    batches = list(micro_batches(symbols, sentences, WARMING + updates))

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


main()
