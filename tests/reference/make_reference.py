#!/usr/bin/python3
"""Makes reference.h5, for test_reference.c: some small encoder-decoders computed by PyTorch.

    /usr/bin/python3 tests/reference/make_reference.py tests/reference/reference.h5

Written from the equations of the design alone; reads nothing of Chorus. The recurrent parts are
PyTorch's own LSTM, GRU and tanh cells, and with layer normalisation are made of its layer_norm; the optimizer is PyTorch's Adam. PyTorch's second bias stays zero
and is not trained, but for the new gate of the GRU, where it is `recurrent_bias`. Everything is
computed in double; initial weights are floats' values.

For each model: attributes (the shape), batches/N (ids, lengths), weights, the loss (sum over target
tokens) and every gradient of it on batch 0, and the weights after ten updates of Adam over the
batches in turn, by the mean per token.
"""
import sys

import h5py
import numpy
import torch

BEGIN, END, RESERVED = 1, 2, 3
GATES = {"lstm": 4, "gru": 3, "rnn": 1}
UPDATES, LEARNING_RATE = 10, 0.01

MODELS = {
    "lstm": dict(
        cell="lstm", context="last", attention="general", attention_state="current",
        source_vocabulary=11, target_vocabulary=12, embedding=5, hidden=6, encoder_hidden=3,
        encoder_layers=2, decoder_layers=2, bidirectional=1, attention_hidden=6, input_feeding=1,
        readout=6, tied_embeddings=0, label_smoothing=0.0, source_end=1),
    "gru": dict(
        cell="gru", context="mean", attention="additive", attention_state="previous",
        source_vocabulary=12, target_vocabulary=10, embedding=6, hidden=5, encoder_hidden=4,
        encoder_layers=1, decoder_layers=1, bidirectional=1, attention_hidden=3, input_feeding=0,
        readout=4, tied_embeddings=1, label_smoothing=0.1, source_end=0),
    "pyramid-rnn": dict(
        cell="rnn", context="mean", attention="additive", attention_state="previous",
        source_vocabulary=11, target_vocabulary=10, embedding=5, hidden=6, encoder_hidden=4,
        encoder_layers=3, decoder_layers=2, bidirectional=1, attention_hidden=5, input_feeding=0,
        readout=4, tied_embeddings=1, label_smoothing=0.0, source_end=1, pyramid=1),
    "normed-lstm": dict(
        cell="lstm", context="last", attention="general", attention_state="current",
        source_vocabulary=11, target_vocabulary=12, embedding=7, hidden=10, encoder_hidden=5,
        encoder_layers=2, decoder_layers=2, bidirectional=1, attention_hidden=6, input_feeding=1,
        readout=10, tied_embeddings=0, label_smoothing=0.0, source_end=1, residual=1, layer_norm=1),
    "normed-gru": dict(
        cell="gru", context="mean", attention="additive", attention_state="previous",
        source_vocabulary=12, target_vocabulary=10, embedding=6, hidden=8, encoder_hidden=8,
        encoder_layers=2, decoder_layers=2, bidirectional=1, attention_hidden=3, input_feeding=0,
        readout=4, tied_embeddings=1, label_smoothing=0.1, source_end=0, residual=1, layer_norm=1),
    # Cho et al. 2014: the context as first state and at every step, no attention.
    "both": dict(
        cell="gru", context="affine", context_use="both",
        source_vocabulary=11, target_vocabulary=9, embedding=5, hidden=6, encoder_hidden=4,
        encoder_layers=1, decoder_layers=1, bidirectional=1, input_feeding=0,
        readout=7, tied_embeddings=0, label_smoothing=0.0, source_end=1),
    # The conditional GRU of Firat & Cho 2016, with a plain layer over it.
    "conditional": dict(
        cell="gru", context="mean", attention="additive", decoder="conditional",
        source_vocabulary=10, target_vocabulary=11, embedding=4, hidden=6, encoder_hidden=5,
        encoder_layers=1, decoder_layers=2, bidirectional=1, attention_hidden=3, input_feeding=0,
        readout=5, tied_embeddings=0, label_smoothing=0.1, source_end=1),
}
# What a model does not say of itself.
USUAL = dict(context_use="attention", decoder="plain", attention="additive",
             attention_state="previous", attention_hidden=1, residual=0, layer_norm=0, pyramid=0)
for model in MODELS.values():
    for name, value in USUAL.items():
        model.setdefault(name, value)


def parameter_shapes(m):
    """Names and shapes, for what these models have."""
    gates, E, H, I = GATES[m["cell"]], m["embedding"], m["hidden"], m["encoder_hidden"]
    M, R, A = 2 * I, m["readout"], m["attention_hidden"]
    attends, conditional = m["context_use"] == "attention", m["decoder"] == "conditional"
    shapes = {"source.embedding": (m["source_vocabulary"], E),
              "target.embedding": (m["target_vocabulary"], E)}

    def cell(name, inputs, states):
        shapes[name + ".input"] = (gates * states, inputs)
        shapes[name + ".recurrent"] = (gates * states, states)
        shapes[name + ".bias"] = (gates * states,)
        if m["cell"] == "gru":
            shapes[name + ".recurrent_bias"] = (states,)
        if m["layer_norm"]:
            shapes[name + ".norm_input"] = shapes[name + ".norm_recurrent"] = (gates * states,)
            if m["cell"] == "lstm":
                shapes[name + ".norm_memory"] = shapes[name + ".norm_memory_bias"] = (states,)

    for layer in range(m["encoder_layers"]):
        for direction in "forward", "backward":
            cell(f"encoder.{layer}.{direction}", (1 + m["pyramid"]) * M if layer else E, I)
    if m["context"] != "last":
        for layer in range(m["decoder_layers"]):
            shapes[f"context.{layer}.weight"] = (H, M)
            shapes[f"context.{layer}.bias"] = (H,)
    if attends and m["attention"] == "additive":
        shapes["attention.key"] = (A, M)
        shapes["attention.bias"] = (A,)
        shapes["attention.query"] = (A, H)
        shapes["attention.score"] = (A,)
    elif attends:
        shapes["attention.weight"] = (H, M)
    current = m["attention_state"] == "current"
    for layer in range(m["decoder_layers"]):
        first = E + (0 if current or conditional else M) + (R if m["input_feeding"] else 0)
        cell(f"decoder.{layer}", H if layer else first, H)
    if conditional:
        cell("decoder.0.second", M, H)
    shapes["readout.weight"] = (R, H + M if current else H + E + M)
    if not current:
        shapes["readout.bias"] = (R,)
    if m["tied_embeddings"]:
        shapes["output.map"] = (E, R)
    else:
        shapes["output.weight"] = (m["target_vocabulary"], R)
    shapes["output.bias"] = (m["target_vocabulary"],)
    return shapes


def normed_gates(gain, a, H):
    """Layer normalisation of each gate's H numbers."""
    parts = [torch.nn.functional.layer_norm(part, (H,)) for part in a.split(H, 1)]
    return (gain * torch.cat(parts, 1)).split(H, 1)


def normed_step(m, p, name, x, state):
    """The cells with layer normalisation, from their equations."""
    h = state[0]
    H = h.shape[1]
    xs = normed_gates(p[name + ".norm_input"], x @ p[name + ".input"].T, H)
    us = normed_gates(p[name + ".norm_recurrent"], h @ p[name + ".recurrent"].T, H)
    bs = p[name + ".bias"].split(H)
    a = [x + u + b for x, u, b in zip(xs, us, bs)]
    if m["cell"] == "lstm":
        i, f, o = (torch.sigmoid(a[gate]) for gate in (0, 1, 3))
        c = f * state[1] + i * torch.tanh(a[2])
        normed = torch.nn.functional.layer_norm(
            c, (H,), p[name + ".norm_memory"], p[name + ".norm_memory_bias"])
        return o * torch.tanh(normed), c
    r, z = torch.sigmoid(a[0]), torch.sigmoid(a[1])
    n = torch.tanh(xs[2] + bs[2] + r * (us[2] + p[name + ".recurrent_bias"]))
    return ((1 - z) * n + z * h,)


def step(m, p, name, x, state):
    """One step of a cell; state is (h, c) or (h,)."""
    if m["layer_norm"]:
        return normed_step(m, p, name, x, state)
    weights = p[name + ".input"], p[name + ".recurrent"], p[name + ".bias"]
    zeros = torch.zeros_like(p[name + ".bias"])
    if m["cell"] == "lstm":
        return torch._VF.lstm_cell(x, state, *weights, zeros)
    if m["cell"] == "rnn":
        return (torch._VF.rnn_tanh_cell(x, state[0], *weights, zeros),)
    new = p[name + ".recurrent_bias"]
    second = torch.cat([zeros[: 2 * len(new)], new])
    return (torch._VF.gru_cell(x, state[0], *weights, second),)


def run(m, p, name, inputs, H):
    """All steps of a cell over a list of inputs, from a zero state."""
    parts = 2 if m["cell"] == "lstm" else 1
    state = tuple(torch.zeros(1, H) for _ in range(parts))
    states = []
    for x in inputs:
        state = step(m, p, name, x, state)
        states.append(state)
    return states


def encode(m, p, source):
    """Memory (length, M); for each layer the last forward beside the first backward state."""
    inputs = [p["source.embedding"][symbol][None] for symbol in source]
    last = []
    for layer in range(m["encoder_layers"]):
        if layer and m["pyramid"]:
            inputs += [torch.zeros_like(inputs[0])] * (len(inputs) % 2)
            inputs = [torch.cat(pair, 1) for pair in zip(inputs[::2], inputs[1::2])]
        forward = run(m, p, f"encoder.{layer}.forward", inputs, m["encoder_hidden"])
        backward = run(m, p, f"encoder.{layer}.backward", inputs[::-1], m["encoder_hidden"])[::-1]
        last.append(tuple(torch.cat(pair, 1) for pair in zip(forward[-1], backward[0])))
        outputs = [torch.cat([f[0], b[0]], 1) for f, b in zip(forward, backward)]
        if layer and m["residual"]:
            outputs = [output + x for output, x in zip(outputs, inputs)]
        inputs = outputs
    return torch.cat(inputs), last


def attend(m, p, memory, h):
    if m["attention"] == "additive":
        keys = memory @ p["attention.key"].T + p["attention.bias"]
        scores = torch.tanh(keys + h @ p["attention.query"].T) @ p["attention.score"]
    else:
        scores = memory @ (h @ p["attention.weight"])[0]
    return torch.softmax(scores, 0)[None] @ memory


def sentence_loss(m, p, source, target):
    if m["source_end"]:
        source = source + [END]
    memory, last = encode(m, p, source)
    v = memory.mean(0, keepdim=True) if m["context"] == "mean" else last[-1][0]
    if m["context"] != "last":
        states = [(torch.tanh(v @ p[f"context.{l}.weight"].T + p[f"context.{l}.bias"]),)
                  for l in range(m["decoder_layers"])]
    else:
        states = last
    loss = torch.zeros(())
    r = torch.zeros(1, m["readout"])
    for previous, wanted in zip([BEGIN] + target, target + [END]):
        y = p["target.embedding"][previous][None]
        x = [y]
        if m["context_use"] == "both":
            c = v
            x.append(c)
        elif m["decoder"] == "conditional":
            pass
        elif m["attention_state"] == "previous":
            c = attend(m, p, memory, states[-1][0])
            x.append(c)
        if m["input_feeding"]:
            x.append(r)
        x = torch.cat(x, 1)
        for layer in range(m["decoder_layers"]):
            states[layer] = step(m, p, f"decoder.{layer}", x, states[layer])
            if layer == 0 and m["decoder"] == "conditional":
                c = attend(m, p, memory, states[0][0])
                states[0] = step(m, p, "decoder.0.second", c, states[0])
            x = states[layer][0] + x if layer and m["residual"] else states[layer][0]
        if m["attention_state"] == "previous":
            r = torch.tanh(torch.cat([x, y, c], 1) @ p["readout.weight"].T + p["readout.bias"])
        else:
            r = torch.tanh(torch.cat([x, attend(m, p, memory, x)], 1) @ p["readout.weight"].T)
        if m["tied_embeddings"]:
            logits = r @ p["output.map"].T @ p["target.embedding"].T + p["output.bias"]
        else:
            logits = r @ p["output.weight"].T + p["output.bias"]
        loss = loss + torch.nn.functional.cross_entropy(
            logits, torch.tensor([wanted]), label_smoothing=m["label_smoothing"])
    return loss


def batch_loss(m, p, batch):
    return sum(sentence_loss(m, p, source, target) for source, target in batch)


def make_batch(m, generator, lengths):
    def ids(length, vocabulary):
        return torch.randint(RESERVED, vocabulary, (length,), generator=generator).tolist()

    return [(ids(s, m["source_vocabulary"]), ids(t, m["target_vocabulary"])) for s, t in lengths]


def write_arrays(group, name, tensors):
    folder = group.create_group(name)
    for key, value in tensors.items():
        folder.create_dataset(key, data=value.detach().numpy())


def write_batch(group, batch):
    for name, side in ("source", 0), ("target", 1):
        ids = sum((pair[side] for pair in batch), [])
        lengths = [len(pair[side]) for pair in batch]
        group.create_dataset(name, data=numpy.array(ids, "int32"))
        group.create_dataset(name + "_lengths", data=numpy.array(lengths, "int32"))


def make(file, name, m, seed):
    generator = torch.Generator().manual_seed(seed)
    weights = {key: (2 * torch.rand(shape, generator=generator) - 1).float().double()
               for key, shape in parameter_shapes(m).items()}
    batches = [make_batch(m, generator, [(5, 4), (1, 6), (7, 1), (3, 3)]),
               make_batch(m, generator, [(2, 2), (6, 5)]),
               make_batch(m, generator, [(4, 7), (4, 2), (8, 3)])]
    group = file.create_group(name)
    for key, value in m.items():
        group.attrs[key] = numpy.bytes_(value) if isinstance(value, str) else value
    group.attrs["updates"], group.attrs["learning_rate"] = UPDATES, LEARNING_RATE
    for i, batch in enumerate(batches):
        write_batch(group.create_group(f"batches/{i}"), batch)
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
        (batch_loss(m, p, batch) / sum(len(target) + 1 for _, target in batch)).backward()
        adam.step()
    write_arrays(group, "updated", p)


def main():
    torch.set_default_dtype(torch.float64)
    with h5py.File(sys.argv[1], "w") as file:
        file.attrs["torch"] = numpy.bytes_(torch.__version__)
        for seed, (name, m) in enumerate(MODELS.items()):
            make(file, name, m, seed + 1)


if __name__ == "__main__":
    main()
