# shellcheck shell=bash disable=SC2034
# DailyDialog: a turn to the next one, with attention and without. Train dialogues that stand in the other parts are
# dropped. The row chinese: a toy set of appointments (你明天是否有空), characters to characters.
needs=(dailydialog)
rows=(attention first chinese)
metrics=perplexity

row() {
    aim=reported
    case $1 in
    chinese) learn=(--tokenizer characters) options=(--updates 1000 --decay-updates 1000) metrics=exact-match,perplexity ;;
    *) learn=(--joint --vocabulary 6000) ;;
    esac
    case $1 in
    first) options=(--context-use first --context last) ;;
    esac
}

convert() { # ROW
    [ "$1" != chinese ] || { appointments && return; }
    python3 - <<'PYTHON'
from recipe import lines, write

def turns(dialogue):
    spoken = [turn.strip() for turn in dialogue.split("__eou__") if turn.strip()]
    return zip(spoken, spoken[1:])

parts = {part: lines(f"dailydialog/dialogues_{name}.txt")
         for part, name in (("train", "train"), ("dev", "validation"), ("test", "test"))}
others = {*parts["dev"], *parts["test"]}
parts["train"] = [dialogue for dialogue in parts["train"] if dialogue not in others]
for part, dialogues in parts.items():
    write(part, (pair for dialogue in dialogues for pair in turns(dialogue)))
PYTHON
}

# Who is asked says when there is time: never at work, always on the days off. A tenth each to dev and test, by hash.
appointments() {
    python3 - <<'PYTHON'
from itertools import product
from recipe import held_out, write

PEOPLE = {"你": "我", "你们": "我们", "他": "他", "她": "她", "王老师": "王老师", "李医生": "李医生", "小明": "小明", "你妈妈": "我妈妈"}
DAYS = {day: day in ("周六", "周日", "明天", "元旦") for day in ("今天", "明天", "后天", "周一", "周五", "周六", "周日", "元旦")}
TIMES = ("", "早上", "上午", "中午", "下午", "晚上")
ASKED = {"是否有空": ("有空", "没空"), "有没有时间": ("有时间", "没有时间"), "能不能来": ("能来", "不能来"),
         "想不想看电影": ("想看电影", "不想看电影"), "要不要一起吃饭": ("要一起吃饭", "不要一起吃饭"), "会不会去公园": ("会去公园", "不会去公园")}

def pair(person, day, time, asked):
    free = DAYS[day] or time == "晚上"
    return f"{person}{day}{time}{asked}？", f"{PEOPLE[person]}{day}{time}{ASKED[asked][0 if free else 1]}。"

pairs = [pair(*choice) for choice in product(PEOPLE, DAYS, TIMES, ASKED)]
questions = {question for question, _ in pairs}
test = held_out(questions, len(questions) // 10)
dev = held_out(questions - test, len(questions) // 10)
write("train", (pair for pair in pairs if pair[0] not in test | dev))
write("dev", (pair for pair in pairs if pair[0] in dev))
write("test", (pair for pair in pairs if pair[0] in test))
PYTHON
}
