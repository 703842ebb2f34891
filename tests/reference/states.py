"""Makes the reference states of one model, whatever it is: weights and batches at random, then what
follows from them. Everything is computed in double; weights and vectors are floats' values.
"""
import numpy
import torch

from equations import RESERVED, parameter_shapes, sentence_loss, target_places

SIDES = "source", "second", "target"
UPDATES, LEARNING_RATE = 10, 0.01
# Of each batch's sentences, on each side, where the model does not say otherwise.
LENGTHS = {"source": ([5, 1, 7, 3], [2, 6], [4, 4, 8]),
           "second": ([2, 6, 1, 4], [5, 3], [1, 9, 2]),
           "target": ([4, 6, 1, 3], [2, 5], [7, 2, 3])}


def uniform(generator, *shape):
    return (2 * torch.rand(*shape, generator=generator) - 1).float().double()


def make_places(side, generator, length):
    if side["dimension"]:
        return uniform(generator, length, side["dimension"]).tolist()
    cells = [torch.randint(RESERVED, size, (length,), generator=generator).tolist()
             for size in (side["vocabulary"], side["feature"]) if size]
    return list(zip(*cells))


def length_of(m, side, batch, i):
    if side == "target" and m["head"] == "pool":
        return 1
    return LENGTHS["source" if m["head"] == "step" else side][batch][i]


def make_batch(m, generator, batch):
    return [{side: make_places(m[side], generator, length_of(m, side, batch, i)) for side in SIDES}
            for i in range(len(LENGTHS["target"][batch]))]


def write_batch(m, group, batch):
    for side in SIDES:
        if not (m[side]["vocabulary"] or m[side]["dimension"]):
            continue
        cells = [cell for sentence in batch for place in sentence[side] for cell in place]
        kind = "float32" if m[side]["dimension"] else "int32"
        group.create_dataset(side, data=numpy.array(cells, kind))
        group.create_dataset(side + "_lengths",
                             data=numpy.array([len(s[side]) for s in batch], "int32"))


def write_settings(m, group, path=""):
    for key, value in m.items():
        if isinstance(value, dict):
            write_settings(value, group, key + "_")
        else:
            group.attrs[path + key] = numpy.bytes_(value) if isinstance(value, str) else value


def batch_loss(m, p, batch):
    return sum(sentence_loss(m, p, sentence) for sentence in batch)


def make(file, name, m, seed):
    generator = torch.Generator().manual_seed(seed)
    weights = {key: uniform(generator, *shape) for key, shape in parameter_shapes(m).items()}
    batches = [make_batch(m, generator, i) for i in range(3)]
    group = file.create_group(name)
    write_settings(m, group)
    group.attrs["updates"], group.attrs["learning_rate"] = UPDATES, LEARNING_RATE
    for i, batch in enumerate(batches):
        write_batch(m, group.create_group(f"batches/{i}"), batch)

    p = {key: value.clone().requires_grad_() for key, value in weights.items()}
    loss = batch_loss(m, p, batches[0])
    loss.backward()
    group.create_dataset("loss", data=loss.item())
    gradients = {key: value.grad.clone() for key, value in p.items()}

    adam = torch.optim.Adam(p.values(), lr=LEARNING_RATE)
    for update in range(UPDATES):
        batch = batches[update % len(batches)]
        adam.zero_grad()
        (batch_loss(m, p, batch) / sum(target_places(m, s) for s in batch)).backward()
        adam.step()
    for key, updated in p.items():
        kept = torch.stack([weights[key], gradients[key], updated.detach()])
        group.create_dataset(f"parameters/{key}", data=kept.numpy())
