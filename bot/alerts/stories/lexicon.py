"""Words that decide whether two texts say the same: numbers, denials, and groups whose members exclude each other.

Beginnings of words, written for this project in Russian, Ukrainian and English, in small letters, е for ё and
г for ґ, without apostrophes. A beginning of up to three letters stands for itself alone.
"""

from __future__ import annotations

from functools import lru_cache

# One class a line: words of different groups of one class contradict each other when one takes the other's place.
_OPPOSED = {
    "nation": {
        "Russia": "росси росій русск рф вс russia",
        "Ukraine": "украин україн всу зсу ukrain",
    },
    "casualties": {
        "dead": "погиб загин загибл убит вбит убил мертв смерт killed dead died death",
        "hurt": "ранен поран пораз пострада постражда травм injured injur wounded hurt casualt",
        "captured": "плен полон prisoner captive",
    },
    "hold": {
        "taken": "взят взял взяли захоп захват занят занял зайня зайшл вошл входят вошли captured seize took taken enter"
        " освобожд освобод звільн liberat зачищ",
        "left": "отошл отступ отход остав залиш вышл вийшл відійш відступ выбит вибит потеря втрат покин withdr retreat"
        " left lost abandon driven",
        "held": "удерж утрим отбит відбит hold held repel repuls",
        "besieged": "окруж оточ кольц encircl surround besieg",
    },
    "alarm": {
        "alarm": "тревог тривог alert alarm угроз загроз threat",
        "all clear": "отбой відбій clear",
    },
    "weapon": {
        "drone": "дрон бпла шахед геран беспилотн безпілотн бпл мопед молни fpv uav drone shahed geran",
        "missile": "ракет баллист баліст искандер іскандер калибр калібр кинжал кинджал missile ballistic iskander",
        "bomb": "каб каби кабы кабов каб авиабомб авіабомб bomb",
        "gun": "артилл артил миномет міномет рсзо рсзв град artillery mortar shell",
        "mine": "мина міна мін minefield",
    },
    "side": {
        "north": "север північ півноч north",
        "south": "юг юга юге югу южно южны южна южну южне півд south",
        "east": "восто схід сход східн east",
        "west": "запад захід заход західн west",
    },
    "bank": {
        "left": "левый левом левого левую левобереж лівий лівому лівого лівобереж",
        "right": "правый правом правого правобереж правий правому",
    },
    "day": {
        "today": "сегодня сьогодні today",
        "yesterday": "вчера вчора учора yesterday накануне напередодні",
        "tomorrow": "завтра tomorrow",
    },
    "hour": {
        "night": "ночью вночі уночі ночі ночь ніч night overnight",
        "morning": "утром утра вранці уранці ранку зранку ранок morning",
        "noon": "днем вдень afternoon",
        "evening": "вечером вечера ввечері увечері вечор вечір evening",
    },
    "weekday": {
        "Monday": "понедельник понеділ monday",
        "Tuesday": "вторник вівтор tuesday",
        "Wednesday": "среду среда середу середа wednesday",
        "Thursday": "четвер thursday",
        "Friday": "пятниц пятниц friday",
        "Saturday": "суббот субот saturday",
        "Sunday": "воскресен неділ sunday",
    },
    "month": {
        "January": "январ січн january",
        "February": "феврал лютого лютий february",
        "March": "март берез march",
        "April": "апрел квіт april",
        "May": "мая май травн",
        "June": "июн червня червень june",
        "July": "июл липня липень july",
        "August": "август серпн august",
        "September": "сентябр верес september",
        "October": "октябр жовт october",
        "November": "ноябр листоп november",
        "December": "декабр груд december",
    },
    "course": {
        "begins": "начал начин почал почат розпоч start began begin",
        "ends": "законч заверш закінч припин прекра прекращ остан зупин end ended finish stop halt ceas",
    },
    "door": {
        "open": "открыт откры відкри reopen open разреш дозвол allow permit",
        "shut": "закрыт закры закри clos shut запрет запрещ заборон ban banned prohibit",
    },
    "measure": {
        "more": "больше более більш увелич збільш выросл зросл вырос more increas rise rose grew above",
        "less": "меньше менее менш уменьш зменш снизил знизил сократ less fewer decreas fell drop below",
    },
    "succeeds": {
        "success": "успешн успішн удалось вдалось вдалося succe",
        "failure": "безуспешн безуспішн неудач невдал провал fail unsuccess",
    },
    "power": {
        "restored": "восстанов віднов restor вернул повернул return",
        "cut": "отключ обесточ знестр вимк вимкн cut outage blackout",
    },
    "where": {
        "in": "в у во центр центре центрі центром in inside centre center внутри всередині",
        "near": "под під перед возле около біля поблизу вблизи подступ підступ near outside toward неподалік недалеко",
        "edge": "окраин околиц окраї outskirt suburb",
    },
    "whose": {
        "ours": "наш наша наше наши наші нашей наших нашим нашої нашого our ours",
        "theirs": "вражес вражеск враг ворог ворож противник окупант оккупант enemy",
    },
    "rule": {
        "imposed": "ввели введен вводит введут запров introduc impos",
        "lifted": "отмен снял сняты сняли скасу скасов lifted cancel",
    },
    "certainty": {
        "possible": "возмож можлив ймовір вероят может могут може можуть possib might could likely expect"
    },
    "tense": {
        "to come": "будет будут буде будуть will shall планир планує",
        "past": "has have had был была были було була",
    },
    "weight": {
        "confirms": "подтверд підтверд подтвержд підтвердж confirm",
        "denies": "исключил исключа виключи виключа отриц опроверг опроверж запереч спрост deny denied denies refut неподтвержд непідтвердж unconfirm",
    },
}
# An unknown word in the place of one of these says something else, as far as we can know.
HEAVY = frozenset(
    (kind, group)
    for kind in ("hold", "casualties", "weight", "certainty", "tense")
    for group in _OPPOSED[kind]
    if group != "past"
)
_DENYING = (
    "фейк фейков неправд дезинформ дезінформ опроверг опроверж спрост вброс вкид іпсо ипсо ципсо"
    " fake debunk false hoax disinform deny denied denies refut"
)
_NEGATING = (
    "не ни ні нет нету нема немає без никто ніхто ничего нічого никогда ніколи нигде ніде якобы нібито будто"
    " not no never none nobody nothing without neither nor cannot dont didnt doesnt isnt arent wasnt werent hasnt"
    " havent hadnt wont cant couldnt wouldnt shouldnt allegedly supposedly"
)
_NUMBERS = {
    "0": "ноль нуль zero",
    "1": "первый первая первого первой первом первую перший перша першого першої першій першу first один одна одного одну одному одним одной одній однієї one",
    "2": "второй вторая второго вторую втором другий друга другої другій другу second два две дві двое двоих двоє двох двух двум двумя двом двома two both оба обе обидва обидві",
    "3": "третий третья третьего третьей третью третьем третій третя третьої третю третього third три трое троих троє трьох трех трем тремя трьом трьома three",
    "4": "четвертый четвертая четвертого четвертой четвертую четвертій четвертої четвертий fourth четыре четверо четверых чотири чотирьох четырех четырем четырьмя чотирьом four",
    "5": "пять пятеро пятерых пяти пять пятеро пяти five",
    "6": "шесть шестеро шестерых шести шість six",
    "7": "семь семеро семерых семи сім seven",
    "8": "восемь восьмеро восьми вісім восьмеро eight",
    "9": "девять девяти девятеро девять девятеро nine",
    "10": "десять десяти десяток десятеро ten",
    "11": "одиннадцать одинадцять eleven",
    "12": "двенадцать дванадцять twelve",
    "15": "пятнадцать пятнадцять fifteen",
    "20": "двадцать двадцять twenty",
    "30": "тридцать тридцять thirty",
    "100": "сто hundred сотня сотню",
    "1000": "тысяча тысячу тысячи тысяч тис тыс тисяча тисячу тисячі тисяч thousand",
    "half": "половина половину половине половини половині half",
}
# Who is quoted may change from copy to copy without another thing being said.
_BODIES = (
    "генштаб генерального генеральный штаб штаба минобороны міноборони мо мин гур сбу сбс дснс гсчс мчс ова ода"
    " кова вга гва офис офіс сми змі риа тасс рбк унн укринформ укрінформ суспільн суспильн reuters tass bbc cnn"
    " afp ap isw osint telegram телеграм телеграмм general staff ministry defence defense"
)
_SPEECH = (
    "сообщ повідом пишут пише пишет заяв говор каже кажут утверж стверд отмеч зазнач уточн добав додал додав рассказ"
    " розпов report says said tell told writes wrote stated claim according данным даними словам"
)
# Ordinary words that open sentences: a capital tells nothing about them.
_OPENINGS = (
    "сообщ повідом пишут пишуть заяв говор каже кажут утверж стверд отмеч зазнач уточн уточню добав додал додав"
    " по в на за во у о об про до с со з із зі из от від из-за при под під над после після через к ко для как як"
    " что що это це этот цей эти ці тот те там тут где де когда коли если якщо так так также також еще ще уже вже"
    " и і й а но але или або он она оно они він вона воно вони мы ми вы ви я наш наши наші их їх его його ее її"
    " все всі всего всього весь один одна два три враг ворог противник войск військ силы сили сил армия армі"
    " бойцы бійц боец военн військ окупант оккупант захватч загарбн российск росій росси русск украинск україн"
    " утром вранці ночью вночі уночі днем вдень вечером ввечері сегодня сьогодні вчера вчора завтра накануне напередодні"
    " срочн термінов внимани уваг важн важлив молни блискавк breaking urgent update оновл обновл обстановк ситуац"
    " удар взрыв вибух атак обстрел обстріл тревог тривог отбой відбій пожар пожеж работ прац есть есть є нет нема"
    " погиб загин ранен поран пострад постражд жител мешкан людей люди спасат рятувал медик бригад служб поврежд"
    " пошкодж разруш зруйн попада влучан прилет приліт дрон бпла ракет шахед артил авиа авіа минобороны міноборони"
    " генштаб глава голова мэр мер губернатор начальник командир командован официальн офіційн местн місцев источник"
    " джерел предварительн попередн информац інформац данны дани подробн деталь детал последств наслідк фото видео"
    " відео кадры кадри читай смотри дивіт будьте просим прось просимо оставай залишай не без пройд перейд город"
    " місто область район село the a an in on at of for from to by with as after before during according it its"
    " he she they we this that these those there officials authorities local military forces troops russian"
    " ukrainian enemy air drone missile explosions several at least no not early late overnight yesterday today"
    " residents rescuers emergency reports sources video photo fighting our all more one two three four five if"
    " when while but and or also earlier meanwhile now still just both new"
)


def words_of(text: str) -> frozenset[str]:
    """Read a list of words."""
    return frozenset(text.split())


def _begins(word: str, stems: frozenset[str]) -> bool:
    return word in stems or any(word[:size] in stems for size in range(4, len(word)))


_GROUPS = {
    stem: (kind, group)
    for kind, groups in _OPPOSED.items()
    for group, stems in groups.items()
    for stem in stems.split()
}
_FIGURES = {word: figure for figure, words in _NUMBERS.items() for word in words.split()}
_DENIALS, _OPENING_STEMS = words_of(_DENYING), words_of(_OPENINGS)
_NEGATIONS = words_of(_NEGATING)
_BODY_STEMS, _SPEECH_STEMS = words_of(_BODIES), words_of(_SPEECH)


@lru_cache(maxsize=16384)
def opposed(word: str) -> tuple[str, str] | None:
    """The class and the group of a word whose class excludes other groups, by its longest known beginning."""
    for size in range(len(word), 2, -1):
        found = _GROUPS.get(word[:size])
        if found and (size > 3 or size == len(word)):
            return found
    return _GROUPS.get(word)


def dates_or_nation(word: str) -> bool:
    """Whether a capital is owed to a nation, or in English to a month or a day: it makes no name."""
    found = opposed(word)
    return found is not None and found[0] in (
        ("nation", "month", "weekday") if word.isascii() else ("nation",)
    )


@lru_cache(maxsize=16384)
def denies(word: str) -> bool:
    """Whether the word calls something untrue, wherever it stands."""
    return _begins(word, _DENIALS)


def negates(word: str) -> bool:
    """Whether the word turns its own sentence round."""
    return word in _NEGATIONS


def figure(word: str) -> str | None:
    """The number that a word is, in digits where it is written out; None for other words."""
    return word.lstrip("0") or "0" if word.isdigit() else _FIGURES.get(word)


@lru_cache(maxsize=4096)
def speaks(word: str) -> bool:
    """Whether the word is part of the name of somebody who is quoted: a staff, a ministry, an agency."""
    return _begins(word, _BODY_STEMS)


@lru_cache(maxsize=16384)
def opens(word: str) -> bool:
    """Whether the word often opens a sentence, so that its capital tells nothing."""
    return _begins(word, _OPENING_STEMS) or word in _NEGATIONS


@lru_cache(maxsize=16384)
def quotes(word: str) -> bool:
    """Whether the word says that somebody is quoted."""
    return _begins(word, _SPEECH_STEMS)
