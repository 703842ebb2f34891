#!/usr/bin/python3
"""Makes heads.h5, for test_reference.c: a tagger and a classifier computed by PyTorch, as
make_reference.py makes its encoder-decoders (which see).

    /usr/bin/python3 tests/reference/make_heads.py tests/reference/heads.h5

tag: words with a feature beside each, two layers of LSTM in both directions, a class a word from
the state itself. classify: vectors through a tanh layer, GRU in both directions, pooled by
attention, a tanh readout, a class a sentence. Classes are counted from the reserved symbols on.
"""
import sys

import h5py
import numpy
import torch

from make_reference import GATES, LEARNING_RATE, RESERVED, UPDATES, run, write_arrays

MODELS = {
    "tag": dict(
        head="step", cell="lstm", pooling="last", vocabulary=11, feature=7, feature_embedding=2,
        dimension=0, target_vocabulary=8, embedding=5, encoder_hidden=3, encoder_layers=2,
        attention_hidden=0, readout=0, label_smoothing=0.0, layer_norm=0),
    "classify": dict(
        head="pool", cell="gru", pooling="attention", vocabulary=0, feature=0,
        feature_embedding=0, dimension=4, target_vocabulary=7, embedding=5, encoder_hidden=4,
        encoder_layers=1, attention_hidden=3, readout=6, label_smoothing=0.1,
        layer_norm=0),
}
LENGTHS = [5, 1, 7, 3], [2, 6], [4, 4, 8]


def parameter_shapes(m):
    gates, H, shapes = GATES[m["cell"]], m["encoder_hidden"], {}
    width, M, A = m["embedding"], 2 * m["encoder_hidden"], m["attention_hidden"]
    if m["dimension"]:
        shapes["source.input"], shapes["source.input_bias"] = (width, m["dimension"]), (width,)
    else:
        shapes["source.embedding"] = (m["vocabulary"], width)
        shapes["source.feature.0"] = (m["feature"], m["feature_embedding"])
        width += m["feature_embedding"]
    for layer in range(m["encoder_layers"]):
        for direction in "forward", "backward":
            name = f"encoder.{layer}.{direction}"
            shapes[name + ".input"] = (gates * H, M if layer else width)
            shapes[name + ".recurrent"] = (gates * H, H)
            shapes[name + ".bias"] = (gates * H,)
            if m["cell"] == "gru":
                shapes[name + ".recurrent_bias"] = (H,)
    if m["pooling"] == "attention":
        shapes["pooling.weight"], shapes["pooling.bias"] = (A, M), (A,)
        shapes["pooling.score"] = (A,)
    if m["readout"]:
        shapes["readout.weight"], shapes["readout.bias"] = (m["readout"], M), (m["readout"],)
    classes = m["target_vocabulary"] - RESERVED
    shapes["output.weight"] = (classes, m["readout"] or M)
    shapes["output.bias"] = (classes,)
    return shapes


def states_of(m, p, source):
    if m["dimension"]:
        inputs = [torch.tanh(torch.tensor(v)[None] @ p["source.input"].T + p["source.input_bias"])
                  for v in source]
    else:
        inputs = [torch.cat([p["source.embedding"][word], p["source.feature.0"][feature]])[None]
                  for word, feature in source]
    for layer in range(m["encoder_layers"]):
        forward = run(m, p, f"encoder.{layer}.forward", inputs, m["encoder_hidden"])
        backward = run(m, p, f"encoder.{layer}.backward", inputs[::-1], m["encoder_hidden"])[::-1]
        inputs = [torch.cat([f[0], b[0]], 1) for f, b in zip(forward, backward)]
    return torch.cat(inputs)


def sentence_loss(m, p, source, target):
    r = states_of(m, p, source)
    if m["head"] == "pool":
        hidden = torch.tanh(r @ p["pooling.weight"].T + p["pooling.bias"])
        r = torch.softmax(hidden @ p["pooling.score"], 0)[None] @ r
    if m["readout"]:
        r = torch.tanh(r @ p["readout.weight"].T + p["readout.bias"])
    logits = r @ p["output.weight"].T + p["output.bias"]
    return torch.nn.functional.cross_entropy(
        logits, torch.tensor(target) - RESERVED, label_smoothing=m["label_smoothing"],
        reduction="sum")


def batch_loss(m, p, batch):
    return sum(sentence_loss(m, p, source, target) for source, target in batch)


def make_batch(m, generator, lengths):
    def ids(length, vocabulary):
        return torch.randint(RESERVED, vocabulary, (length,), generator=generator).tolist()

    batch = []
    for length in lengths:
        if m["dimension"]:
            source = (2 * torch.rand(length, m["dimension"], generator=generator) - 1).float()
            source = source.double().tolist()
        else:
            source = list(zip(ids(length, m["vocabulary"]), ids(length, m["feature"])))
        batch.append((source, ids(1 if m["head"] == "pool" else length, m["target_vocabulary"])))
    return batch


def write_batch(m, group, batch):
    cells = numpy.array([cell for source, _ in batch for place in source for cell in place])
    group.create_dataset("source", data=cells.astype("float32" if m["dimension"] else "int32"))
    group.create_dataset("target", data=numpy.array(sum((t for _, t in batch), []), "int32"))
    for name, side in ("source", 0), ("target", 1):
        group.create_dataset(name + "_lengths",
                             data=numpy.array([len(pair[side]) for pair in batch], "int32"))


def make(file, name, m, seed):
    generator = torch.Generator().manual_seed(seed)
    weights = {key: (2 * torch.rand(shape, generator=generator) - 1).float().double()
               for key, shape in parameter_shapes(m).items()}
    batches = [make_batch(m, generator, lengths) for lengths in LENGTHS]
    group = file.create_group(name)
    for key, value in m.items():
        group.attrs[key] = numpy.bytes_(value) if isinstance(value, str) else value
    group.attrs["updates"], group.attrs["learning_rate"] = UPDATES, LEARNING_RATE
    for i, batch in enumerate(batches):
        write_batch(m, group.create_group(f"batches/{i}"), batch)
    write_arrays(group, "weights", weights)

    p = {key: value.clone().requires_grad_() for key, value in weights.items()}
    loss = batch_loss(m, p, batches[0])
    loss.backward()
    group.create_dataset("loss", data=loss.item())
    write_arrays(group, "gradients", {key: value.grad for key, value in p.items()})

    adam = torch.optim.Adam(p.values(), lr=LEARNING_RATE)
    for update in range(UPDATES):
        batch = batches[update % len(batches)]
        adam.zero_grad()
        (batch_loss(m, p, batch) / sum(len(target) for _, target in batch)).backward()
        adam.step()
    write_arrays(group, "updated", p)


def main():
    torch.set_default_dtype(torch.float64)
    with h5py.File(sys.argv[1], "w") as file:
        file.attrs["torch"] = numpy.bytes_(torch.__version__)
        for seed, (name, m) in enumerate(MODELS.items()):
            make(file, name, m, seed + 11)


main()
