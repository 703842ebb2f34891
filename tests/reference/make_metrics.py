#!/usr/bin/env python3
"""Writes metrics.txt: outputs, references, and what sacreBLEU, seqeval and scikit-learn say of them, for
tests/trainer/test_metric.c. Made once, with sacrebleu 2.6.0, seqeval 1.2.2 and scikit-learn 1.9.1:

    pip install sacrebleu seqeval && python tests/reference/make_metrics.py > tests/reference/metrics.txt

A part is a line of its name, its number of lines and its values, then its lines."""
import functools
import random
import warnings

import numpy
import sacrebleu
import sklearn.metrics
from sacrebleu.tokenizers.tokenizer_13a import Tokenizer13a
from seqeval.metrics.sequence_labeling import get_entities, precision_recall_fscore_support

warnings.filterwarnings("ignore")
random.seed(6)

TRICKY = [
    "It costs 1,234.56 dollars, or 7.5 % more.", "a,b . c.d 3.x x.3 .5 5. ,5 5, 1,2,3. ...", "..a,,b.,.c 1..2 1,.2",
    "1990-2000 A-B a-1 1-a -5 --5-- 5-", 'He said: &quot;yes &amp; no&quot; &lt;b&gt; &amp;lt; &apos;',
    "\"quoted\" 'single' it's rock'n'roll `back` {x} [y] (z) ~t^ u_v\\w|p/q", "Größe, naïve. 北京，上海。 3.14。５．５ ¿qué? „so“ – 1–2",
    "  several   spaces\u00a0no-break\u3000wide \u2009thin  end  ", "a<skipped>b <skip> <skipped> c", "", " ", ".", "-", "1", "é.", ".é", "5é,5",
    "http://x.org/a?b=c&d=e#f user@host.com $5.00 50% *a+b=c; d:e <f> @g", "Straße.Ende,2.Teil U.S.A. e.g. 10.000,00 v1.2-3",
    "emoji 🎉, done.🎉 x\u200by", "tab-\u001fseparated", "&&quot;&quot ;&QUOT;",
]


def sentence(words, longest):
    return [random.choice(words) for _ in range(random.randint(0, longest))]


def changed(line, words, rate):
    out = []
    for word in line:
        chance = random.random()
        if chance < rate:
            out += random.choice([[], [random.choice(words)], [word, word]])
        else:
            out.append(word)
    return out


def bleu(name, outputs, references):
    """references: for each output, its alternatives."""
    most = max(len(r) for r in references)
    streams = [[r[k] if k < len(r) else None for r in references] for k in range(most)]
    values = [sacrebleu.corpus_bleu(outputs, streams, tokenize=t, force=True) for t in ("none", "13a")]
    print("bleu", len(outputs), *(repr(v.score) for v in values), *values[0].counts, *values[0].totals, values[0].sys_len, values[0].ref_len)
    for output, alternatives in zip(outputs, references):
        print(output)
        print("\t".join(alternatives))


def distance(a, b):
    @functools.lru_cache(None)
    def of(i, k):
        if i == 0 or k == 0:
            return i + k
        return min(of(i - 1, k) + 1, of(i, k - 1) + 1, of(i - 1, k - 1) + (a[i - 1] != b[k - 1]))
    return of(len(a), len(b))


def edits(outputs, references):
    sums = []
    for cut in (str.split, list):
        part = of = 0
        for output, alternatives in zip(outputs, references):
            each = [(distance(tuple(cut(output)), tuple(cut(r))), k) for k, r in enumerate(alternatives)]
            least, which = min(each)
            part, of = part + least, of + len(cut(alternatives[which]))
        sums += [part, of]
    exact = sum(any(o.split() == r.split() for r in a) for o, a in zip(outputs, references))
    print("edits", len(outputs), *sums, exact)
    for output, alternatives in zip(outputs, references):
        print(output)
        print("\t".join(alternatives))


def spans(wanted, found):
    p, r, f, _ = precision_recall_fscore_support(wanted, found, average="micro")
    sets = [set(get_entities(x)) for x in (wanted, found)]
    print("spans", len(wanted), repr(float(p)), repr(float(r)), repr(float(f)), len(sets[1]), len(sets[0]), len(sets[0] & sets[1]))
    for w, g in zip(wanted, found):
        print(" ".join(g))
        print(" ".join(w))


def labels(wanted, got):
    macro = sklearn.metrics.f1_score(wanted, got, average="macro")
    print("labels", len(wanted), repr(float(sklearn.metrics.accuracy_score(wanted, got))), repr(float(macro)))
    for w, g in zip(wanted, got):
        print(g)
        print(w)


def values(wanted, got):
    squares = sklearn.metrics.mean_squared_error(wanted, got)
    print("values", len(wanted), wanted.shape[1], repr(float(squares ** 0.5)),
          repr(float(sklearn.metrics.mean_absolute_error(wanted, got))), repr(float(sklearn.metrics.r2_score(wanted, got))))
    for w, g in zip(wanted, got):
        print(*(repr(float(x)) for x in g))
        print(*(repr(float(x)) for x in w))


print("13a", len(TRICKY))
for line in TRICKY:
    print(line)
    print(Tokenizer13a()(line.rstrip()))

words = ["the", "a", "cat", "sat", "on", "mat.", "dog,", "1,000", "3.5", "“so”", "&quot;no&quot;", "it's", "co-op", "東京"]
single = [sentence(words, 14) for _ in range(60)]
bleu("many", [" ".join(changed(s, words, 0.3)) for s in single], [[" ".join(s)] for s in single])
several = [[" ".join(changed(s, words, 0.2)) for _ in range(random.randint(1, 4))] for s in single]
bleu("alternatives", [" ".join(changed(s, words, 0.2)) for s in single], several)
bleu("tricky", TRICKY, [[t.replace("a", "b").rstrip("\n")] for t in TRICKY])
bleu("one", ["the cat sat on the mat"], [["the cat sat on the mat"]])
bleu("short", ["the cat"], [["the cat"]])
bleu("no four", ["the cat sat on a mat", "x"], [["the cat sat under a mat", "the cat"], ["y"]])
bleu("nothing right", ["x y z u v"], [["the cat sat on the mat"]])
bleu("longer", ["the the the the the the the"], [["the cat is on the mat", "there is a cat on the mat"]])
bleu("nothing", [""], [["the cat"]])
bleu("no reference", ["the cat"], [[""]])

letters = ["ab", "ac", "b", "é", "京"]
spelled = [sentence(letters, 9) for _ in range(60)]
edits([" ".join(changed(s, letters, 0.3)) for s in spelled], [[" ".join(changed(s, letters, 0.15)) for _ in range(random.randint(1, 3))] for s in spelled])

kinds = [["B-A", "I-A", "O", "B-B", "I-B"], ["B-A", "I-A", "E-A", "S-A", "B-B", "I-B", "E-B", "S-B", "O"],
         ["B-A", "I-A", "O", "B", "I", "E-A-B", "S", "E", "I-B", "X", "X-A", ".", "O-A", "BA", "é", "é-A"]]
for tags in kinds:
    wanted = [[random.choice(tags) for _ in range(random.randint(1, 10))] for _ in range(120)]
    found = [[random.choice(tags) if random.random() < 0.3 else t for t in w] for w in wanted]
    spans(wanted, found)
spans([["B-A", "I-A", "O"]], [["O", "O", "O"]])
spans([["O", "O"]], [["O", "O"]])
spans([["O", "I-A", "I-A", "I-B", "E-B"]], [["O", "B-A", "I-A", "B-B", "E-B"]])

names = ["zh", "en", "de", "fr", "ja"]
wanted = [random.choice(names[:4]) for _ in range(200)]
labels(wanted, [random.choice(names) if random.random() < 0.4 else w for w in wanted])

wanted = numpy.round(numpy.random.RandomState(6).randn(50, 3) * [1, 100, 0.01] + [0, 1000, 0], 6)
values(wanted, numpy.round(wanted + numpy.random.RandomState(7).randn(50, 3) * [0.5, 30, 0.01], 6))
values(numpy.array([[2.0], [2.0]]), numpy.array([[2.0], [2.5]]))
