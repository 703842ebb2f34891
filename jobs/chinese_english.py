"""A grammar of our own for simple Chinese sentences and their English, in one table.

A rule gives the Chinese as a row of parts (words and symbols of the grammar) and the English as a function of
what its symbols mean. The same table samples sentences, counts them and parses them back, so that "each
Chinese sentence has exactly one English one" is something grammar.py can check.
"""

import random
from collections import defaultdict
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any, Callable

LONGEST = 25  # characters of a sentence that count() counts


# English: what a phrase needs to know to agree with the others.

@dataclass(frozen=True)
class Noun:
    one: str
    many: str


@dataclass(frozen=True)
class Verb:
    base: str
    third: str
    past: str
    after: str = ""  # "for" of "wait for"


@dataclass(frozen=True)
class Adjective:
    plain: str
    more: str


@dataclass(frozen=True)
class Phrase:  # of a noun, or a pronoun; agrees: "i", "one" or "many"
    subject: str
    object: str
    agrees: str


@dataclass(frozen=True)
class Clause:
    subject: Phrase
    verb: Verb
    rest: str
    tense: str = "present"
    negated: bool = False
    adverb: str = ""


BE = Verb("be", "is", "was")


def join(*parts: str) -> str:
    return " ".join(part for part in parts if part)


def person(agrees: str, forms: tuple[str, str, str]) -> str:
    return forms[("i", "one", "many").index(agrees)]


def statement(c: Clause) -> str:
    no = "not" if c.negated else ""
    if c.verb is BE:
        return join(c.subject.subject, person(c.subject.agrees, ("am", "is", "are")), no, c.rest)
    if c.tense == "future":
        return join(c.subject.subject, "will", no, c.verb.base, c.verb.after, c.rest)
    if c.negated:
        return join(c.subject.subject, helper(c), no, c.verb.base, c.verb.after, c.rest)
    third = c.subject.agrees == "one"
    form = c.verb.past if c.tense == "past" else c.verb.third if third else c.verb.base
    return join(c.subject.subject, c.adverb, form, c.verb.after, c.rest)


def helper(c: Clause) -> str:
    present = person(c.subject.agrees, ("do", "does", "do"))
    return {"past": "did", "future": "will", "present": present}[c.tense]


def question(c: Clause, word: str = "") -> str:
    if c.verb is BE:
        return join(person(c.subject.agrees, ("am", "is", "are")), c.subject.subject, c.rest, "?")
    return join(word, helper(c), c.subject.subject, c.adverb, c.verb.base, c.verb.after, c.rest, "?")


def article(words: str) -> str:
    return join("an" if words[0] in "aeiou" and not words.startswith("use") else "a", words)


def counted(number: str, adjective: str, noun: Noun) -> Phrase:
    one = number == "one"
    words = join(adjective, noun.one) if one else join(number, adjective, noun.many)
    return same(article(words) if one else words, one)


def pointed(word: str, number: str, adjective: str, noun: Noun) -> Phrase:
    one = number in ("", "one")
    plural = {"this": "these", "that": "those"}
    return same(join(word, adjective, noun.one) if one
                else join(plural.get(word, word), number, adjective, noun.many), one)


def same(words: str, one: bool) -> Phrase:
    return Phrase(words, words, "one" if one else "many")


def followed(phrase: Phrase, clause: str) -> Phrase:
    return replace(phrase, subject=join(phrase.subject, clause), object=join(phrase.object, clause))


# The grammar: SYMBOL -> rules.

@dataclass(frozen=True)
class Rule:
    weight: float
    parts: tuple[str, ...]
    build: Callable[..., Any]


GRAMMAR: dict[str, list[Rule]] = defaultdict(list)


def rule(symbol: str, weight: float, parts: str, build: Callable[..., Any]) -> None:
    GRAMMAR[symbol].append(Rule(weight, tuple(parts.split()), build))


def words(symbol: str, table: str, make: Callable[..., Any] = str) -> None:
    """Entries "chinese:english" separated by spaces; "_" is a space, "/" separates forms."""
    for entry in table.split():
        chinese, english = entry.split(":")
        value = make(*english.replace("_", " ").split("/"))
        rule(symbol, 1, chinese, lambda value=value: value)


def noun(one: str, many: str = "") -> Noun:
    return Noun(one, many or one + "s")


def verb(base: str, third: str = "", past: str = "", after: str = "") -> Verb:
    return Verb(base, third or base + "s", past or base + ("d" if base.endswith("e") else "ed"), after)


def adjective(plain: str, more: str = "") -> Adjective:
    return Adjective(plain, more or "more " + plain)


PEOPLE = {"位": "老师:teacher 医生:doctor 作家:writer 律师:lawyer 经理:manager",
          "个": "学生:student 朋友:friend 孩子:child/children 女孩:girl 工人:worker 邻居:neighbor 司机:driver"}
THINGS = {"本": "书:book 词典:dictionary/dictionaries 小说:novel", "张": "桌子:table 地图:map 照片:photo",
          "辆": "汽车:car 自行车:bike", "只": "猫:cat 狗:dog 鸟:bird", "件": "衬衫:shirt 大衣:coat 礼物:gift",
          "把": "椅子:chair 雨伞:umbrella 钥匙:key", "封": "信:letter", "台": "电脑:computer", "支": "笔:pen",
          "部": "手机:phone", "个": "杯子:cup 苹果:apple 箱子:box/boxes 机器人:robot"}
SERVINGS = {("杯", "cup"): "茶:tea 咖啡:coffee 牛奶:milk", ("碗", "bowl"): "米饭:rice 汤:soup 面条:noodles"}

words("NUMBER", "一:one")
words("SEVERAL", "两:two 三:three 四:four 五:five 六:six 七:seven 八:eight 九:nine 十:ten")
rule("NUMBER", 9, "SEVERAL", lambda n: n)
words("POINTER", "这:this 那:that")
words("OWNER", "我的:my 你的:your 他的:his 她的:her 我们的:our 他们的:their")
words("PRONOUN", "我:i/me/i 你:you/you/many 他:he/him/one 她:she/her/one 我们:we/us/many "
      "他们:they/them/many", Phrase)
words("THING_ADJECTIVE", "新:new/newer 旧:old/older 大:big/bigger 小:small/smaller 漂亮:beautiful "
      "便宜:cheap/cheaper 贵:expensive 干净:clean/cleaner 重:heavy/heavier 有用:useful", adjective)
words("COLOUR", "红色:red 蓝色:blue 黑色:black 白色:white", adjective)
words("PERSON_ADJECTIVE", "年轻:young/younger 高:tall/taller 聪明:smart/smarter 友好:friendly/friendlier "
      "忙:busy/busier 善良:kind/kinder 有名:famous", adjective)
words("TOPIC", "音乐:music 数学:mathematics 历史:history 中文:chinese 英文:english 机器学习:machine_learning")
words("TOWN", "中国:china 北京:beijing 上海:shanghai 法国:france 日本:japan")
words("BUILDING", "图书馆:library 公园:park 商店:shop 办公室:office 饭馆:restaurant 医院:hospital 火车站:station")
words("TRAVEL", "坐火车:by_train 坐飞机:by_plane 骑马:on_a_horse 走路:on_foot")
words("PAST", "昨天:yesterday 去年:last_year 上个月:last_month 昨天晚上:yesterday_evening")
words("FUTURE", "明天:tomorrow 明年:next_year 下个月:next_month 明天早上:tomorrow_morning")
words("HABIT", "每天:every_day 周末:on_weekends 早上:in_the_morning 晚上:in_the_evening")
words("OFTEN", "经常:often 总是:always 有时候:sometimes")
words("ON_THING", "买:buy//bought 卖:sell//sold 看见:see//saw 找到:find//found 带来:bring//brought 画:paint "
      "修理:repair 拿走:take//took 检查:check 借:borrow 用:use", verb)
words("ON_PERSON", "帮助:help 邀请:invite 遇到:meet//met 等:wait///for 感谢:thank 拜访:visit", verb)
words("WISH", "喜欢:like 需要:need 想要:want 记得:remember", verb)  # of things
words("FEELING", "喜欢:like 爱:love 认识:know//knew 记得:remember", verb)  # for people
words("LEARN", "学习:study/studies/studied 教:teach/teaches/taught", verb)
words("CARE", "喜欢:like 爱:love 懂:understand//understood", verb)  # of topics
words("SAY", "说:say//said 觉得:think//thought 知道:know//knew", verb)
LOVE, GO, DRINK, EAT = verb("love"), verb("go", "goes", "went"), verb("drink", "", "drank"), verb("eat", "", "ate")

# Phrases of nouns. A relative clause comes before the noun in Chinese, behind it in English.
for symbol, table, adjectives in (("PERSON", PEOPLE, ("PERSON_ADJECTIVE",)),
                                  ("THING", THINGS, ("THING_ADJECTIVE", "COLOUR"))):
    rule(symbol + "_TRAIT", 3, "", lambda: "")
    for kind in adjectives:
        rule(symbol + "_TRAIT", 3 / len(adjectives), kind + " 的", lambda a: a.plain)
    for measure, nouns in table.items():
        weight, named, trait = len(nouns.split()), symbol + "_" + measure, symbol + "_TRAIT"
        words(named, nouns, noun)
        rule(symbol + "_KNOWN", 3 * weight, f"POINTER {measure} {trait} {named}", lambda p, a, n: pointed(p, "", a, n))
        rule(symbol + "_KNOWN", weight, f"POINTER SEVERAL {measure} {trait} {named}", pointed)
        rule(symbol + "_KNOWN", 2 * weight, f"OWNER {trait} {named}", lambda p, a, n: pointed(p, "", a, n))
        rule(symbol + "_NEW", weight, f"NUMBER {measure} {trait} {named}", counted)
        rule(symbol + "_THAT", 2 * weight, f"那 {measure} {trait} {named}", lambda a, n: pointed("that", "", a, n))
        rule(symbol + "_THAT", weight, f"那 SEVERAL {measure} {trait} {named}", lambda m, a, n: pointed("that", m, a, n))
        rule(symbol + "_MANY", weight, f"多少 {measure} {named}", lambda n: same("how many " + n.many, False))
for symbol, weight in (("PERSON_KNOWN", 5), ("PRONOUN", 7)):
    rule("WHO", weight, symbol, lambda p: p)
rule("THING", 3, "THING_NEW", lambda p: p)
rule("THING", 2, "THING_KNOWN", lambda p: p)
rule("THING", 1.2, "THING_CLAUSE", lambda p: p)
rule("PEOPLE", 3, "PERSON_KNOWN", lambda p: p)
rule("PEOPLE", 3, "PRONOUN", lambda p: p)
rule("PEOPLE", 1, "PERSON_NEW", lambda p: p)
rule("PEOPLE", 1.5, "PERSON_CLAUSE", lambda p: p)
rule("SUBJECT", 6, "WHO", lambda p: p)
rule("SUBJECT", 1, "PERSON_CLAUSE", lambda p: p)


def relative(c: Clause, word: str = "that") -> str:
    return join(word, statement(c))


for tense, when, not_ in (("past", "PAST", "没"), ("future", "FUTURE", "不会")):
    for kind, on in (("THING", "ON_THING"), ("PERSON", "ON_PERSON")):
        rule(kind + "_CLAUSE", 1, f"WHO {when} {on} 的 {kind}_THAT", lambda s, t, v, n, tense=tense:
             followed(n, relative(Clause(s, v, t, tense))))
    rule("PERSON_CLAUSE", 1, f"{when} ON_PERSON PRONOUN 的 PERSON_THAT", lambda t, v, o, n, tense=tense:
         followed(n, relative(Clause(replace(n, subject=""), v, join(o.object, t), tense), "who")))
rule("THING_CLAUSE", 1, "WHO WISH 的 THING_THAT", lambda s, v, n: followed(n, relative(Clause(s, v, ""))))
rule("PERSON_CLAUSE", 1, "WHO FEELING 的 PERSON_THAT", lambda s, v, n: followed(n, relative(Clause(s, v, ""))))
rule("PERSON_CLAUSE", 1, "CARE TOPIC 的 PERSON_THAT", lambda v, o, n:
     followed(n, relative(Clause(replace(n, subject=""), v, o), "who")))

# What is done: a verb and what follows it in English.
rule("PLACE", 1, "在 TOWN", lambda p: "in " + p)
rule("PLACE", 2, "在 BUILDING", lambda p: ("at the " if p == "station" else "in the ") + p)
rule("PLACE", 0.5, "在家", lambda: "at home")
rule("AT", 2, "", lambda: "")
rule("AT", 1, "PLACE", lambda p: p)
rule("FOR", 3, "", lambda: "")
rule("FOR", 1, "给 WHO", lambda p: "for " + p.object)
rule("WITH", 1, "", lambda: "")
rule("WITH", 1, "和 WHO 一起", lambda p: "with " + p.object)
rule("BY", 1, "", lambda: "")
rule("BY", 2, "TRAVEL", lambda p: p)
for (measure, vessel), foods in SERVINGS.items():
    words("FOOD_" + measure, foods)
    rule("SERVING_" + measure, 1, f"NUMBER {measure} FOOD_{measure}", lambda n, f, vessel=vessel:
         counted(n, "", Noun(f"{vessel} of {f}", f"{vessel}s of {f}")))
for symbol, done in (("DONE", "了"), ("DO", "")):  # (verb, rest)
    rule(symbol, 6, f"FOR AT ON_THING {done} THING", lambda f, a, v, o: (v, join(o.object, f, a)))
    rule(symbol, 3, f"AT ON_PERSON {done} PEOPLE", lambda a, v, o: (v, join(o.object, a)))
    rule(symbol, 2, f"AT LEARN {done} TOPIC", lambda a, v, o: (v, join(o, a)))
    rule(symbol, 1, f"AT 喝 {done} SERVING_杯", lambda a, o: (DRINK, join(o.object, a)))
    rule(symbol, 1, f"AT 吃 {done} SERVING_碗", lambda a, o: (EAT, join(o.object, a)))
    rule(symbol, 2, f"WITH BY 去 {done} TOWN", lambda w, b, p: (GO, join("to", p, b, w)))
rule("STATE", 3, "WISH THING", lambda v, o: (v, o.object))
rule("STATE", 3, "FEELING PEOPLE", lambda v, o: (v, o.object))
rule("STATE", 2, "CARE TOPIC", lambda v, o: (v, o))
rule("STATE", 1, "爱 TOWN", lambda p: (LOVE, p))


# Clauses. The time stands before or behind the subject in Chinese, at the end in English, and gives the tense.
def clauses(parts: str, weight: float, tense: str, negated: bool = False) -> None:
    for order, turn in (("SUBJECT {}", 3), ("{} WHO", 1)):
        first, rest = parts.split(" ", 1)
        kind = "ACTION_NOT" if negated else "ACTION"
        rule(kind, weight * turn, f"{order.format(first)} {rest}", lambda x, y, d, turn=turn: Clause(
            x if turn == 3 else y, d[0], join(d[1], y if turn == 3 else x), tense, negated))


clauses("PAST DONE", 3, "past")
clauses("PAST 没 DO", 2, "past", True)
clauses("FUTURE 会 DO", 2, "future")
clauses("FUTURE 不会 DO", 2, "future", True)
clauses("HABIT DO", 2, "present")
clauses("HABIT 不 DO", 1, "present", True)
rule("ACTION", 2, "SUBJECT OFTEN DO", lambda s, a, d: Clause(s, *d, adverb=a))
rule("STATES", 5, "SUBJECT STATE", lambda s, d: Clause(s, *d))
rule("STATES", 1, "SUBJECT 也 STATE", lambda s, d: Clause(s, *d, adverb="also"))
rule("STATES_NOT", 2, "SUBJECT 不 STATE", lambda s, d: Clause(s, *d, negated=True))
rule("ANYTHING", 2, "THING_KNOWN", lambda p: p)
rule("ANYTHING", 1, "THING_CLAUSE", lambda p: p)
for who, trait in (("SUBJECT", "PERSON_ADJECTIVE"), ("ANYTHING", "THING_ADJECTIVE")):
    rule("IS", 3, f"{who} 很 {trait}", lambda s, a: Clause(s, BE, "very " + a.plain))
    rule("IS_NOT", 2, f"{who} 不 {trait}", lambda s, a: Clause(s, BE, a.plain, negated=True))
    rule("IS", 5, f"{who} 比 {who.replace('SUBJECT', 'WHO')} {trait}", lambda s, o, a:
         Clause(s, BE, join(a.more, "than", o.object)))
    rule("IS", 1, f"{who} PLACE", lambda s, p: Clause(s, BE, p))
    rule("IS_NOT", 1, f"{who} 不 PLACE", lambda s, p: Clause(s, BE, p, negated=True))
for symbol, weight in (("ACTION", 10), ("STATES", 4), ("IS", 4)):
    rule("YES", weight, symbol, lambda c: c)
    rule("ANY", weight, symbol, lambda c: c)
    rule("ANY", weight / 2, symbol + "_NOT", lambda c: c)
    if symbol != "ACTION":
        rule("BRIEF", 2, symbol, lambda c: c)
        rule("BRIEF", 1, symbol + "_NOT", lambda c: c)
WHOM = Phrase("who", "who", "one")
rule("SENTENCE", 20, "ANY", statement)
rule("SENTENCE", 5, "YES 吗 ？", question)
rule("SENTENCE", 1, "谁 PAST DONE ？", lambda t, d: statement(Clause(WHOM, d[0], join(d[1], t), "past")) + " ?")
rule("SENTENCE", 1, "谁 STATE ？", lambda d: statement(Clause(WHOM, *d)) + " ?")
rule("SENTENCE", 1, "WHO PAST AT ON_THING 了 什么 ？", lambda s, t, a, v:
     question(Clause(s, v, join(a, t), "past"), "what"))
rule("SENTENCE", 1, "WHO PAST AT ON_THING 了 THING_MANY ？", lambda s, t, a, v, o:
     question(Clause(s, v, join(a, t), "past"), o.object))
rule("SENTENCE", 1, "WHO FUTURE 会 在 哪里 ON_THING THING ？", lambda s, t, v, o:
     question(Clause(s, v, join(o.object, t), "future"), "where"))
rule("SENTENCE", 1, "WHO 为什么 STATE ？", lambda s, d: question(Clause(s, *d), "why"))
rule("SENTENCE", 2, "PRONOUN SAY BRIEF", lambda s, v, c: join(statement(Clause(s, v, "that")), statement(c)))
rule("SENTENCE", 2, "BRIEF ， 但是 BRIEF", lambda a, b: join(statement(a), ", but", statement(b)))
rule("SENTENCE", 2, "因为 BRIEF ， 所以 BRIEF", lambda a, b: join(statement(b), "because", statement(a)))


# What the table is used for.

def sample(symbol: str, rng: random.Random) -> tuple[str, Any]:
    """A sentence of the grammar in Chinese, and what it means: for SENTENCE the English."""
    chosen = rng.choices(GRAMMAR[symbol], [r.weight for r in GRAMMAR[symbol]])[0]
    chinese, meanings = [], []
    for part in chosen.parts:
        if part in GRAMMAR:
            part, meaning = sample(part, rng)
            meanings.append(meaning)
        chinese.append(part)
    return "".join(chinese), chosen.build(*meanings)


@lru_cache(maxsize=None)
def count(symbol: str) -> tuple[int, ...]:
    """How many derivations give 0, 1, ..., LONGEST characters."""
    total = [0] * (LONGEST + 1)
    for r in GRAMMAR[symbol]:
        ways = [1] + [0] * LONGEST
        for part in r.parts:
            more = count(part) if part in GRAMMAR else [int(n == len(part)) for n in range(LONGEST + 1)]
            ways = [sum(ways[k] * more[n - k] for k in range(n + 1)) for n in range(LONGEST + 1)]
        total = [a + b for a, b in zip(total, ways)]
    return tuple(total)


def translations(source: str) -> list[str]:
    """The English of every derivation of a sentence."""
    @lru_cache(maxsize=None)
    def derive(symbol: str, start: int) -> list[tuple[int, Any]]:
        found = []
        for r in GRAMMAR[symbol]:
            ways: list[tuple[int, tuple]] = [(start, ())]
            for part in r.parts:
                if part in GRAMMAR:
                    ways = [(end, told + (m,)) for at, told in ways for end, m in derive(part, at)]
                else:
                    ways = [(at + len(part), told) for at, told in ways if source.startswith(part, at)]
            found += [(end, r.build(*told)) for end, told in ways]
        return found
    return [english for end, english in derive("SENTENCE", 0) if end == len(source)]
