#!/usr/bin/env python3
"""Greedy translation by PyTorch of what `chorus benchmark --what translate` translates, for jobs/benchmark.sh: the same
shapes, lengths, law of symbols and batches, which are sorted by length; one JSON object on standard output. An untrained
model ends where it happens to: its end is ruled out, and each translation is as long as the pair's target with its end.

usage: benchmark_torch_translate.py reference|additive|small [BATCHES]
"""
import itertools
import json
import sys
import time

import torch
from benchmark_torch import BEGIN, END, SHAPES, WARMING, micro_batches, model_of, padded, sentences_from


@torch.inference_mode()
def translate(model, source, limits):
    """source (S, B), limits (B) on symbols to emit; the symbols of each sentence. A sentence that is done leaves."""
    state, rows = model.start(source), torch.arange(len(limits))
    symbols = torch.full((len(limits),), BEGIN)
    done = [[] for _ in limits]
    for step in itertools.count(1):
        read, state = model.step(model.target(symbols), state)
        symbols = model.logits(read).argmax(1)
        for row, symbol in zip(rows.tolist(), symbols.tolist()):
            done[row].append(symbol)
        keep = (limits[rows] > step).nonzero().squeeze(1)
        if len(keep) == 0:
            return done
        if len(keep) < len(rows):
            rows, symbols, state = rows[keep], symbols[keep], [part[keep] for part in state]


def measure(model, batches):
    """The first WARMING are not counted."""
    found = {"sentences": 0, "source_tokens": 0, "tokens": 0, "seconds": 0.0}
    for i, pairs in enumerate(batches):
        source = padded([s for s, _ in pairs])
        limits = torch.tensor([len(t) + 1 for _, t in pairs])
        start = time.perf_counter()
        emitted = translate(model, source, limits)
        seconds = time.perf_counter() - start
        if i >= WARMING:
            found["sentences"] += len(pairs)
            found["source_tokens"] += sum(len(s) for s, _ in pairs)
            found["tokens"] += sum(map(len, emitted))
            found["seconds"] += seconds
    return found


def main():
    shape, count = sys.argv[1], WARMING + (int(sys.argv[2]) if len(sys.argv) > 2 else 20)
    *_, symbols, sentences = SHAPES[shape]
    model = model_of(shape).eval()
    with torch.no_grad():
        model.output.bias[:END + 1] = -torch.inf  # neither padding, begin nor end is emitted
    print(json.dumps({
        "what": "PyTorch " + torch.__version__,
        "shape": shape,
        "parameters": sum(p.numel() for p in model.parameters()),
        "batches": measure(model, itertools.islice(micro_batches(symbols, sentences), count)),
        "alone": measure(model, ([pair] for pair in sentences_from(symbols, 0, count))),
    }))


main()
