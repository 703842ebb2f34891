#!/usr/bin/python3
"""Makes reference.h5, for test_reference.c: small models of every task, computed by PyTorch.

    /usr/bin/python3 tests/reference/make_reference.py tests/reference/reference.h5

equations.py says what a model computes, states.py makes what is kept of it. For each model:
attributes (the shape), batches/N (cells, lengths), the loss on batch 0 (sum over target places),
and of each of the parameters three things: its weights, the gradient of that loss, and its weights
after ten updates of Adam over the batches in turn, by the mean per place.
"""
import sys

import h5py
import numpy
import torch

from states import make


def symbols(vocabulary, feature=0, end=0):
    return dict(vocabulary=vocabulary, feature=feature, dimension=0, end=end)


def vectors(dimension):
    return dict(vocabulary=0, feature=0, dimension=dimension, end=0)


NOTHING = vectors(0)

# What a model does not say of itself.
USUAL = dict(
    head="decode", second=NOTHING, feature_embedding=0, input="linear", pooling="last", hidden=0,
    encoder_hidden=0, encoder_layers=1, decoder_layers=1, bidirectional=1, residual=0, layer_norm=0,
    pyramid=0, context="last", context_use="attention", decoder="plain", attention="additive",
    attention_state="previous", attention_hidden=1, input_feeding=0, readout=0, tied_embeddings=0,
    label_smoothing=0.0)

TRANSLATE = {
    "lstm": dict(
        source=symbols(11, end=1), target=symbols(12, end=1), cell="lstm", context="last",
        attention="general", attention_state="current", embedding=5, hidden=6, encoder_hidden=3,
        encoder_layers=2, decoder_layers=2, attention_hidden=6, input_feeding=1, readout=6),
    "gru": dict(
        source=symbols(12), target=symbols(10, end=1), cell="gru", context="mean",
        attention="additive", embedding=6, hidden=5, encoder_hidden=4, attention_hidden=3,
        readout=4, tied_embeddings=1, label_smoothing=0.1),
    "pyramid-rnn": dict(
        source=symbols(11, end=1), target=symbols(10, end=1), cell="rnn", context="mean",
        attention="additive", embedding=5, hidden=6, encoder_hidden=4, encoder_layers=3,
        decoder_layers=2, attention_hidden=5, readout=4, tied_embeddings=1, pyramid=1),
    "normed-lstm": dict(
        source=symbols(11, end=1), target=symbols(12, end=1), cell="lstm", context="last",
        attention="general", attention_state="current", embedding=7, hidden=10, encoder_hidden=5,
        encoder_layers=2, decoder_layers=2, attention_hidden=6, input_feeding=1, readout=10,
        residual=1, layer_norm=1),
    "normed-gru": dict(
        source=symbols(12), target=symbols(10, end=1), cell="gru", context="mean",
        attention="additive", embedding=6, hidden=8, encoder_hidden=8, encoder_layers=2,
        decoder_layers=2, attention_hidden=3, readout=4, tied_embeddings=1, label_smoothing=0.1,
        residual=1, layer_norm=1),
    # Cho et al. 2014: the context as first state and at every step, no attention.
    "both": dict(
        source=symbols(11, end=1), target=symbols(9, end=1), cell="gru", context="affine",
        context_use="both", embedding=5, hidden=6, encoder_hidden=4, readout=7),
    # The conditional GRU of Firat & Cho 2016, with a plain layer over it.
    "conditional": dict(
        source=symbols(10, end=1), target=symbols(11, end=1), cell="gru", context="mean",
        attention="additive", decoder="conditional", embedding=4, hidden=6, encoder_hidden=5,
        decoder_layers=2, attention_hidden=3, readout=5, label_smoothing=0.1),
}

# A class for each word, from the state itself; one for all of a source's vectors; vectors for them.
IN_STEP_AND_POOLED = {
    "tag": dict(
        head="step", source=symbols(11, feature=7), target=symbols(8), cell="lstm",
        feature_embedding=2, embedding=5, encoder_hidden=3, encoder_layers=2),
    "classify": dict(
        head="pool", source=vectors(4), target=symbols(7), cell="gru", pooling="attention",
        input="tanh", embedding=5, encoder_hidden=4, attention_hidden=3, readout=6,
        label_smoothing=0.1),
    "regression": dict(
        head="pool", source=vectors(3), target=vectors(2), cell="rnn", pooling="max", embedding=4,
        encoder_hidden=3),
}

# Of two sources; without encoder; without source.
OTHER_SOURCES = {
    "two-sources": dict(
        source=symbols(9, end=1), second=symbols(8, feature=6, end=1), target=symbols(10, end=1),
        cell="lstm", context="mean", attention="additive", embedding=4, feature_embedding=2,
        hidden=5, encoder_hidden=3, attention_hidden=4, readout=5, label_smoothing=0.1),
    "two-sources-general": dict(
        source=symbols(8, end=1), second=symbols(9, end=1), target=symbols(7, end=1), cell="rnn",
        context="affine", attention="general", attention_state="current", embedding=4, hidden=5,
        encoder_hidden=3, decoder_layers=2, input_feeding=1, readout=5),
    "two-contexts": dict(
        source=symbols(8), second=vectors(3), target=symbols(7, end=1), cell="gru", input="tanh",
        context="affine", context_use="both", embedding=4, hidden=5, encoder_hidden=3, readout=4),
    "generate": dict(
        source=symbols(8, feature=6), target=symbols(9, end=1), cell="lstm", context="mean",
        context_use="both", embedding=4, feature_embedding=2, hidden=5, encoder_layers=0,
        readout=4, tied_embeddings=1, label_smoothing=0.1),
    "generate-attending": dict(
        source=vectors(3), target=symbols(8, end=1), cell="gru", context="affine",
        attention="dot", attention_state="current", embedding=5, hidden=5, encoder_layers=0,
        input_feeding=1, readout=5),
    "language-model": dict(
        source=NOTHING, target=symbols(10, end=1), cell="lstm", context_use="none", embedding=4,
        hidden=5, encoder_layers=0, decoder_layers=2),
    "series": dict(
        source=NOTHING, target=vectors(2), cell="gru", context_use="none", embedding=4, hidden=5,
        encoder_layers=0, readout=4),
}


def main():
    torch.set_default_dtype(torch.float64)
    with h5py.File(sys.argv[1], "w") as file:
        file.attrs["torch"] = numpy.bytes_(torch.__version__)
        # Not 21: there a gradient of two-sources all but cancels, and a float's is too far from it.
        for first_seed, models in (1, TRANSLATE), (11, IN_STEP_AND_POOLED), (31, OTHER_SOURCES):
            for seed, (name, m) in enumerate(models.items(), first_seed):
                make(file, name, USUAL | m, seed)


main()
