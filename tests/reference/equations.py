"""The models' equations, as the design and its papers have them, for one sentence at a time: names
and shapes of the parameters, and the loss. Nothing of Chorus is read.

A model is a dict of its settings; of its sides (source, second, target) each is a dict: symbols
(`vocabulary`, that of the one `feature` beside each, `end`), vectors (`dimension`), or nothing. A
sentence is a dict of a list of places for each side: tuples of symbols, or vectors. `p` are the
parameters. The recurrent parts are PyTorch's own LSTM, GRU and tanh cells, and with layer
normalisation are made of its layer_norm. PyTorch's second bias stays zero and is not trained, but
for the new gate of the GRU, where it is `recurrent_bias`.
"""
import torch

BEGIN, END, RESERVED = 1, 2, 3
GATES = {"lstm": 4, "gru": 3, "rnn": 1}
ENCODERS = {"source": "encoder", "second": "second_encoder"}
ATTENTIONS = {"source": "attention", "second": "second_attention"}


def sources(m):
    return [side for side in ("source", "second") if m[side]["vocabulary"] or m[side]["dimension"]]


def input_width(m, side):
    return m["embedding"] + (m["feature_embedding"] if m[side]["feature"] else 0)


def bank_width(m, side):
    return 2 * m["encoder_hidden"] if m["encoder_layers"] else input_width(m, side)


def attends(m):
    """When a decoder's step looks at the sources, beside its transition."""
    if m["context_use"] != "attention":
        return "never"
    if m["decoder"] == "conditional":
        return "within"
    return "before" if m["attention_state"] == "previous" else "after"


def joins(m):
    return m["context_use"] in ("every", "both")


def outputs(m):
    """How many numbers the output layer gives, and which symbol is the first."""
    decodes = m["head"] == "decode"
    if m["target"]["dimension"]:
        return m["target"]["dimension"] + decodes, 0
    first = 0 if decodes else RESERVED
    return m["target"]["vocabulary"] - first, first


def input_shapes(m, side):
    E, of = m["embedding"], m[side]
    if of["dimension"]:
        return {f"{side}.input": (E, of["dimension"]), f"{side}.input_bias": (E,)}
    shapes = {f"{side}.embedding": (of["vocabulary"], E)}
    if of["feature"]:
        shapes[f"{side}.feature.0"] = (of["feature"], m["feature_embedding"])
    return shapes


def cell_shapes(m, name, inputs, H):
    gates = GATES[m["cell"]]
    shapes = {name + ".input": (gates * H, inputs), name + ".recurrent": (gates * H, H),
              name + ".bias": (gates * H,)}
    if m["cell"] == "gru":
        shapes[name + ".recurrent_bias"] = (H,)
    if m["layer_norm"]:
        shapes[name + ".norm_input"] = shapes[name + ".norm_recurrent"] = (gates * H,)
        if m["cell"] == "lstm":
            shapes[name + ".norm_memory"] = shapes[name + ".norm_memory_bias"] = (H,)
    return shapes


def encoder_shapes(m, side):
    shapes, above = {}, (1 + m["pyramid"]) * bank_width(m, side)
    for layer in range(m["encoder_layers"]):
        for direction in "forward", "backward":
            shapes |= cell_shapes(m, f"{ENCODERS[side]}.{layer}.{direction}",
                                  above if layer else input_width(m, side), m["encoder_hidden"])
    return shapes


def decoder_shapes(m, M):
    E, H, R, A = m["embedding"], m["hidden"], m["readout"], m["attention_hidden"]
    shapes, when = {}, attends(m)
    if m["context"] != "last" and m["context_use"] not in ("every", "none"):
        for layer in range(m["decoder_layers"]):
            shapes[f"context.{layer}.weight"] = (H, M)
            shapes[f"context.{layer}.bias"] = (H,)
    for side in sources(m) if when != "never" else []:
        name = ATTENTIONS[side]
        if m["attention"] == "additive":
            shapes[name + ".key"] = (A, bank_width(m, side))
            shapes[name + ".bias"] = (A,)
            shapes[name + ".query"] = (A, H)
            shapes[name + ".score"] = (A,)
        elif m["attention"] == "general":
            shapes[name + ".weight"] = (H, bank_width(m, side))
    read = E + (M if when == "before" or joins(m) else 0) + (R if m["input_feeding"] else 0)
    for layer in range(m["decoder_layers"]):
        shapes |= cell_shapes(m, f"decoder.{layer}", H if layer else read, H)
    if when == "within":
        shapes |= cell_shapes(m, "decoder.0.second", M, H)
    if R:
        shapes["readout.weight"] = (
            R, H + (E if when != "after" else 0) + (M if when != "never" or joins(m) else 0))
        if when != "after":
            shapes["readout.bias"] = (R,)
    return shapes


def head_shapes(m, M):
    A, R, shapes = m["attention_hidden"], m["readout"], {}
    if m["head"] == "pool" and m["pooling"] == "attention":
        shapes["pooling.weight"], shapes["pooling.bias"] = (A, M), (A,)
        shapes["pooling.score"] = (A,)
    if R:
        shapes["readout.weight"], shapes["readout.bias"] = (R, M), (R,)
    return shapes


def parameter_shapes(m):
    decodes, M, shapes = m["head"] == "decode", sum(bank_width(m, s) for s in sources(m)), {}
    for side in sources(m) + ["target"] * decodes:
        shapes |= input_shapes(m, side)
    for side in sources(m):
        shapes |= encoder_shapes(m, side)
    shapes |= decoder_shapes(m, M) if decodes else head_shapes(m, M)
    read = m["readout"] or (m["hidden"] if decodes else M)
    if m["tied_embeddings"] and m["embedding"] != read:
        shapes["output.map"] = (m["embedding"], read)
    elif not m["tied_embeddings"]:
        shapes["output.weight"] = (outputs(m)[0], read)
    shapes["output.bias"] = (outputs(m)[0],)
    return shapes


def embed(m, p, side, places):
    """What a layer reads of each place, (1, width)."""
    if m[side]["dimension"]:
        bend = torch.tanh if m["input"] == "tanh" else torch.nn.Identity()
        return [bend(torch.tensor(place)[None] @ p[side + ".input"].T + p[side + ".input_bias"])
                for place in places]
    tables = [p[side + ".embedding"]] + ([p[side + ".feature.0"]] if m[side]["feature"] else [])
    return [torch.cat([table[symbol] for table, symbol in zip(tables, place)])[None]
            for place in places]


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


def zero_state(m, H):
    return tuple(torch.zeros(1, H) for _ in range(2 if m["cell"] == "lstm" else 1))


def run(m, p, name, inputs):
    """All steps of a cell over a list of inputs, from a zero state."""
    state, states = zero_state(m, m["encoder_hidden"]), []
    for x in inputs:
        state = step(m, p, name, x, state)
        states.append(state)
    return states


def encode(m, p, side, places):
    """Memory (length, M), without layers what is embedded; for each layer the last forward beside
    the first backward state, without layers the last place."""
    inputs = embed(m, p, side, places)
    last = [] if m["encoder_layers"] else [(inputs[-1],)]
    for layer in range(m["encoder_layers"]):
        if layer and m["pyramid"]:
            inputs += [torch.zeros_like(inputs[0])] * (len(inputs) % 2)
            inputs = [torch.cat(pair, 1) for pair in zip(inputs[::2], inputs[1::2])]
        name = f"{ENCODERS[side]}.{layer}"
        forward = run(m, p, name + ".forward", inputs)
        backward = run(m, p, name + ".backward", inputs[::-1])[::-1]
        last.append(tuple(torch.cat(pair, 1) for pair in zip(forward[-1], backward[0])))
        states = [torch.cat([f[0], b[0]], 1) for f, b in zip(forward, backward)]
        if layer and m["residual"]:
            states = [state + x for state, x in zip(states, inputs)]
        inputs = states
    return torch.cat(inputs), last


def attend(m, p, memories, h):
    """Each source by itself, with the same query; the contexts side by side."""
    contexts = []
    for side, memory in memories.items():
        name = ATTENTIONS[side]
        if m["attention"] == "additive":
            keys = memory @ p[name + ".key"].T + p[name + ".bias"]
            scores = torch.tanh(keys + h @ p[name + ".query"].T) @ p[name + ".score"]
        elif m["attention"] == "general":
            scores = memory @ (h @ p[name + ".weight"])[0]
        else:
            scores = memory @ h[0]
        contexts.append(torch.softmax(scores, 0)[None] @ memory)
    return torch.cat(contexts, 1)


def first_states(m, p, v, last):
    """Of each layer of the decoder."""
    layers, zero = range(m["decoder_layers"]), zero_state(m, m["hidden"])
    if m["context_use"] in ("every", "none"):
        return [zero for _ in layers]
    if m["context"] == "last":
        return list(last)
    return [(torch.tanh(v @ p[f"context.{l}.weight"].T + p[f"context.{l}.bias"]), *zero[1:])
            for l in layers]


def decode(m, p, encoded, before):
    """The readout of each step, (T, R); before: what was emitted before it."""
    memories = {side: memory for side, (memory, _) in encoded.items()}
    v = [memory.mean(0, keepdim=True) if m["context"] == "mean" else last[-1][0]
         for memory, last in encoded.values()]
    v = torch.cat(v, 1) if v else None
    states = first_states(m, p, v, encoded["source"][1] if encoded else None)
    when, readouts, r = attends(m), [], torch.zeros(1, m["readout"])
    for y in embed(m, p, "target", before):
        c = [v] if joins(m) else []
        if when == "before":
            c = [attend(m, p, memories, states[-1][0])]
        x = torch.cat([y] + (c if when != "within" else []) + [r] * m["input_feeding"], 1)
        for layer in range(m["decoder_layers"]):
            states[layer] = step(m, p, f"decoder.{layer}", x, states[layer])
            if layer == 0 and when == "within":
                c = [attend(m, p, memories, states[0][0])]
                states[0] = step(m, p, "decoder.0.second", c[0], states[0])
            x = states[layer][0] + x if layer and m["residual"] else states[layer][0]
        if when == "after":
            r = torch.tanh(torch.cat([x, attend(m, p, memories, x)], 1) @ p["readout.weight"].T)
        elif m["readout"]:
            r = torch.tanh(torch.cat([x, y] + c, 1) @ p["readout.weight"].T + p["readout.bias"])
        else:
            r = x
        readouts.append(r)
    return torch.cat(readouts)


def pool(m, p, memory):
    if m["pooling"] == "max":
        return memory.max(0, keepdim=True).values
    hidden = torch.tanh(memory @ p["pooling.weight"].T + p["pooling.bias"])
    return torch.softmax(hidden @ p["pooling.score"], 0)[None] @ memory


def states_of(m, p, memory):
    """In step with the source, or of all of it."""
    r = pool(m, p, memory) if m["head"] == "pool" else memory
    return torch.tanh(r @ p["readout.weight"].T + p["readout.bias"]) if m["readout"] else r


def output_loss(m, p, r, wanted):
    """Summed over the places. Of decoded vectors the last output says which is the last."""
    if "output.map" in p:
        r = r @ p["output.map"].T
    weight = p["target.embedding" if m["tied_embeddings"] else "output.weight"]
    y = r @ weight.T + p["output.bias"]
    if not m["target"]["dimension"]:
        symbols = torch.tensor([place[0] for place in wanted]) - outputs(m)[1]
        return torch.nn.functional.cross_entropy(
            y, symbols, label_smoothing=m["label_smoothing"], reduction="sum")
    D = m["target"]["dimension"]
    loss = ((y[:, :D] - torch.tensor(wanted)) ** 2).sum() / 2
    if m["head"] == "decode":
        last = torch.zeros(len(wanted))
        last[-1] = 1
        loss = loss + torch.nn.functional.binary_cross_entropy_with_logits(
            y[:, D], last, reduction="sum")
    return loss


def with_end(m, side, places):
    """An end beside an end's features are ends too."""
    return places + [(END, END) if m[side]["feature"] else (END,)] * m[side]["end"]


def sentence_loss(m, p, sentence):
    encoded = {side: encode(m, p, side, with_end(m, side, sentence[side])) for side in sources(m)}
    wanted = with_end(m, "target", sentence["target"])
    if m["head"] != "decode":
        return output_loss(m, p, states_of(m, p, encoded["source"][0]), wanted)
    D = m["target"]["dimension"]
    before = [[0.0] * D if D else (BEGIN,)] + wanted[:-1]
    return output_loss(m, p, decode(m, p, encoded, before), wanted)


def target_places(m, sentence):
    return len(with_end(m, "target", sentence["target"]))
