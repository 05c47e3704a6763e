"""Forms of a word by its ending alone, for words that no dictionary knows and where none is installed.

A class of words is written as the endings that its forms take on one stem, after the school grammars of both
languages; a word belongs to every class that has its ending. What is made this way are guesses: only those that
stand in the archive count, so nonsense does no harm.
"""

from __future__ import annotations

import re
from collections import defaultdict
from functools import cache
from typing import Final

from storage.folding import fold

_RUSSIAN = """
- а у ом е ы ов ам ами ах
- а у ом е и ов еи ам ами ах ем ев
ь я ю ем е и ей ям ями ях
й я ю ем е и ев ям ями ях
ий ия ию ием ии иев иям иями иях
а ы е у ой ою - ам ами ах
а и е у ой ою ей - ам ами ах
я и е ю ей ею ь й ям ями ях
ия ии ию ией иям иями иях ий
ь и ью ей ям ями ях ам ами ах
о а у ом е - ам ами ах
е я ю ем и ей ям ями ях
е а у ем - ам ами ах
ие ия ию ием ии ий иям иями иях
ье ья ью ьем ий ьям ьями ьях
мя мени менем мена мен менам менами менах
анин анина анину анином анине ане ан анам анами анах
янин янина янину янином янине яне ян янам янами янах
ок ка ку ком ке ки ков кам ками ках
ек ка ку ком ке ки ков кам ками ках
ека ьки ька ьку ьком ьке
ец ца цу цом цем це цы цев цов цам цами цах
лец льца льцу льцом льце льцы льцев льцам льцами льцах
ка ки ке ку кой кою ок ек кам ками ках
ька ьки ьке ьку ькой ек ькам ьками ьках
йка йки йке йку йкой ек йкам йками йках
ня ни не ню ней ен ень нь ням нями нях
ля ли ле лю лей ель ль лям лями лях
на ны не ну ной ен он нам нами нах
ло ла лу лом ле ел ол лам лами лах
но на ну ном не ен он нам нами нах
о а у ом е ья ьев ьям ьями ьях
оец ойца ойцу ойцом ойце ойцы ойцев ойцам ойцами ойцах
еец ейца ейцу ейцем ейце ейцы ейцев ейцам ейцами ейцах
аец айца айцу айцем айце айцы айцев айцам айцами айцах
онь ня ню нем не ни ней ням нями нях
ень ня ню нем не ни ней ням нями нях
оль ля лю лем ле ли лей лям лями лях
ол ла лу лом ле лы лов лам лами лах
ел ла лу лом ле лы лов лам лами лах
ер ра ру ром ре ры ров рам рами рах
ый ая ое ые ого ому ым ом ую ой ых ыми ою о а ы
ий ая ое ие ого ому им ом ую ой их ими ою о а и
ой ая ое ые ие ого ому ым им ом ую ых их ыми ими о а ы и
ий яя ее ие его ему им ем юю ей их ими
ий ья ье ьи ьего ьему ьим ьем ью ьей ьих ьими
ть л ла ло ли в вши н на но ны нный нная нное нные нного нной нным нную нных нными нному ном
ать ал ала ало али аю аешь ает аем аете ают ай айте ая ав авши ан ана ано аны анный анная анное анные анного анной анных анным анными анную ающий ающая ающие ающих ающего ающей ающим ающими
ать ал ала ало али у ешь ет ем ете ут ют ю и ите ав ан ана ано аны
ить ил ила ило или ит ят ат ишь им ите ю у и ив ивши ен ена ено ены енный енная енное енные енного енной енных енным енными енную ящий ящая ящие ящих ящего ящей ящим ящими
дить дил дила дило дили дит дят дишь дим дите жу жен жена жено жены женный женная женное женные женного женной женных женным женными
тить тил тила тило тили тит тят тишь тим тите чу чен чена чено чены ченный ченная ченное ченные ченного ченной ченных ченным ченными щу щен щена щено щены щенный щенная щенное щенные щенного щенной щенных щенным щенными
дить дил дила дило дили дит дят жден ждена ждено ждены жденный жденная жденное жденные жденного жденной жденных жденным жденными
бить бил била било били бит бита бито биты битый битая битое битые битого битой битых битым битыми бью бьет бьют бьем
зить зил зила зило зили зит зят зим жу жен жена жено жены женный женная женное женные женного женной женных женными
сить сил сила сило сили сит сят сим шу шен шена шено шены шенный шенная шенное шенные шенного шенной шенных шенными
бить бил била било били бит бят блю блен блена блено блены бленный бленная бленное бленные бленных бленного бленной
вить вил вила вило вили вит вят влю влен влена влено влены вленный вленная вленное вленные вленных вленного вленной
пить пил пила пило пили пит пят плю плен плена плено плены пленный пленная пленное пленные пленных пленного пленной
мить мил мила мило мили мит мят млю млен млена млено млены мленный мленная мленное мленные мленных
еть ел ела ело ели ею еешь еет еем еете еют ит ят им ишь
овать овал овала овало овали ую уешь ует уем уете уют уй уйте уя овав ованована овано ованы ованный ованная ованное ованные ованного ованной ованных ованным ующий ующая ующие ующих ующего
евать евал евала евало евали юю юет юют юя
нуть нул нула нуло нули ну нет нут нем нете нешь ни нув нут нута нуто нуты нутый нутая нутые
ти ла ло ли ет ут ем ете ешь у и
сти л ла ло ли дет дут ден дена дено дены денный денная денные денных
сти с сла сло сли сет сут сен сена сено сены сенный сенная сенные сенных
зти з зла зло зли зет зут зен зена зено зены зенный зенная зенные зенных
сть л ла ло ли дет дут
йти шел шла шло шли йдет йдут йдем йду йден йдена йдено йдены
нять нял няла няло няли нят нята нято няты нятый нятая нятые нятых нятого нятой йму ймет ймут ймем
нять нял няла няло няли нят нята нято няты нятый нятая нятые нятых ниму нимет нимут нимем
брать брал брала брало брали беру берет берут берем бран брана брано браны
слать слал слала слало слали шлю шлет шлют слан слана слано сланы
зать зал зала зало зали жу жет жут жем зан зана зано заны занный занная занные занных
сать сал сала сало сали шу шет шут шем сан сана сано саны санный санная санные санных
дать дал дала дало дали дам даст дадут дадим дан дана дано даны данный данная данные данных
стать стал стала стало стали стану станет станут станем
ехать ехал ехала ехало ехали еду едет едут едем
жечь жег жгла жгло жгли жжет жгут жжен жжена жжено жжены жженный жженная жженные
лететь летел летела летело летели летит летят лечу
"""
_UKRAINIAN = """
- а у ові ом і и ів ам ами ах
ь я ю еві єві ем єм і ів ям ями ях
й я ю єві єм ї їв ям ями ях
ій ія ію ієм ії іїв іям іями іях
а и і у ою о - ам ами ах
я і ю ею єю е є ь й ям ями ях
ія ії ію ією іє ій іям іями іях
ь і ю ей ям ями ях
- і ю ей ам ами ах ям ями ях
ість ості істю остей остям остями остях
о а у ом і - ам ами ах ові
е я ю ем і ь ям ями ях
е а у ем і - ам ами ах
ння нню нням нні нь ннями ннях
ття ттю ттям тті ть ттями ттях
лля ллю ллям ллі ль
сся ссю ссям ссі сь
ддя ддю ддям дді дь
ззя ззю ззям ззі зь
ччя ччю ччям ччі ч
жжя жжю жжям жжі ж
ець ця цю цем ці ців цям цями цях цеві
лець льця льцю льцем льці льців льцям льцями льцях
ок ка ку ком ці ки ків кам ками ках кові
оєць ойця ойцю ойцем ойці ойців ойцям ойцями ойцях ойцеві
єць йця йцю йцем йці йців йцям йцями йцях йцеві
онь ню нем ні нів ням нями нях
ень ня ню нем ні нів ням нями нях
ер ру ром рі ри рів рам рами рах
ка ки ці ку кою ко ок кам ками ках
га ги зі гу гою г гам гами гах
ха хи сі ху хою х хам хами хах
на ни ні ну ною ен он нам нами нах
ло ла лу лом лі ел ол лам лами лах
но на ну ном ні ен он нам нами нах
нин нина нину нином нині ни н нам нами нах
ий а е і ого ому им ім у ої ій их ими ою о
ій я є і ього ьому ім ю ьої іх іми ьою
ів ова ове ові ового овому овим овою овій ову ових овими ової овом ови
їв єва єве єві євого євому євим євою
ти в ла ло ли вши
ати ав ала ало али аю аєш ає аємо аєте ають ай айте аючи авши ано аний ана ане ані аного аних аним аною аними аної атиме атимуть
ати ав ала ало али у еш е емо ете уть и іть ю є ють
яти яв яла яло яли яю яє яють яємо яно
ити ив ила ило или ить ять ать иш имо ите ю у и ив іть ено ений ена ене ені еного ених еним еною еними еної итиме итимуть
дити див дила дило дили дить дять димо джу джено джений джена джені джених дженого
тити тив тила тило тили тить тять тимо чу чено чений чена чені чених ченого
зити зив зила зило зили зить зять зимо жу жено жений жена жені жених
сити сив сила сило сили сить сять симо шу шено шений шена шені шених
бити бив била било били бито битий бита бите биті битих битого бʼє бʼють бʼю
йняти йняв йняла йняло йняли йнято йнятий йнята йняте йняті йнятих йнятого йме ймуть йму
няти няв няла няло няли нято нятий нята няте няті нятих нятого німе німуть німу
зати зав зала зало зали жу же жуть жемо зано заний зана зані заних
сати сав сала сало сали шу ше шуть шемо сано саний сана сані саних
зти з зла зло зли зе зуть зено зений зена зені зених
сти в ла ло ли де дуть дено дений дена дені дених
сти с сла сло сли се суть сено сений сена сені сених
дати дав дала дало дали дам дасть дадуть дано даний дана дані даних
стати став стала стало стали стану стане стануть стали
їхати їхав їхала їхало їхали їду їде їдуть їдемо
гти г гла гло гли же жуть
летіти летів летіла летіло летіли летить летять лечу
бити бив била било били бить блять блю блено блений блена блені блених
вити вив вила вило вили вить влять влю влено влений влена влені влених вленого
пити пив пила пило пили пить плять плю плено плений
іти ів іла іло іли ію іє іють іємо ить ять имо
увати ував увала увало ували ую уєш ує уємо уєте ують уючи уй уйте увано уваний увана увані уваних уватиме уватимуть
увати ував увала увало ували ую ує ують овано ований ована овані ованих ованого ованої ованим ованими
ювати ював ювала ювало ювали юю ює юють йовано йований йована йовані йованих йованого йованої йованим
ювати ював ювала ювало ювали юю ює юють юємо
овувати овував овувала овували овує овують
нути нув нула нуло нули ну не нуть немо нено
ти в ла ло ли ть нуть ну немо
йти йшов йшла йшло йшли йде йдуть йду йдемо йдено
"""
_ENGLISH = """
- s es ed ing
e es ed ing
y ies ied ying
"""
# Frequent words too short for their endings to tell.
_IRREGULAR = """
бій бою боєві боєм бої боїв боям боями боях
бой боя бою боем бое бои боев боям боями боях
рік року роком році роки років рокам роками роках
год года году годом годе годы годов годам годами годах лет
ніч ночі ніччю ночей ночам ночами ночах
день дня дню днем дне дни дней дням днями днях дні днів дневі
люди людей людям людьми людях людини людина людину людиною
удар удара удару ударом ударе удары ударов ударам ударами ударах удари ударів ударі
дім дому домом домі доми домів домам домами домах
міст моста мосту мостом мості мости мостів мостам мостами мостах
ліс ліса лісу лісом лісі ліси лісів лісам лісами лісах
боец бойца бойцу бойцом бойце бойцы бойцов бойцам бойцами бойцах
боєць бійця бійцю бійцем бійці бійців бійцям бійцями бійцях
сніг снігу снігом
хід ходу ходом
ребенок ребенка ребенку ребенком ребенке дети детей детям детьми детях
дитина дитини дитині дитину дитиною діти дітей дітям дітьми дітях
человек человека человеку человеком человеке люди людей людям людьми людях
брат брата брату братом брате братья братьев братьям братьями братьях
друг друга другу другом друге друзья друзей друзьям друзьями друзьях
мать матери матерью матерей матерям матерями матерях
мати матері матірʼю матерів матерям матерями матерях
дочь дочери дочерью дочерей дочерям дочерьми дочерях
церковь церкви церковью церквей церквям церквям церквах
церква церкви церкві церкву церквою церков церквам церквами церквах
путь пути путем путей путям путями путях
шлях шляху шляхом шляхи шляхів
лед льда льду льдом льде льды
лід льоду льодом льоді льоди
взять взял взяла взяло взяли возьму возьмет возьмут возьмем взят взята взято взяты взятый взятая взятое взятые взятого взятой взятых взятым взятыми
взяти взяв взяла взяло взяли візьму візьме візьмуть візьмемо взято взятий взята взяте взяті взятих взятого
быть был была было были буду будет будут будем
бути був була було були буду буде будуть будемо є
мочь могу может могут можем мог могла могло могли
могти можу може можуть можемо міг могла могло могли
идти иду идет идут идем шел шла шло шли
іти йти іду йду іде йде ідуть йдуть йдемо йшов йшла йшло йшли
лежать лежит лежат лежал лежала лежало лежали
бежать бегу бежит бегут бежал бежала бежали
бігти біжу біжить біжать біг бігла бігли
сбить сбил сбила сбило сбили собью собьет собьют собьем сбит сбита сбито сбиты сбитый сбитая сбитые сбитых сбитого сбитым сбитыми
убить убил убила убило убили убью убьет убьют убит убита убито убиты убитый убитая убитые убитых убитого убитым убитыми
отбить отбил отбила отбило отбили отобью отобьет отобьют отбит отбита отбито отбиты отбитый отбитая отбитые отбитых
разбить разбил разбила разбило разбили разобью разобьет разобьют разбит разбита разбито разбиты разбитый разбитая разбитые разбитых
збити збив збила збило збили зібʼю зібʼє зібʼють збито збитий збита збите збиті збитих збитого
відбити відбив відбила відбило відбили відібʼє відібʼють відбито відбитий відбита відбиті відбитих
розбити розбив розбила розбило розбили розібʼє розібʼють розбито розбитий розбита розбиті розбитих
"""
# Verbs and nouns of English that no rule tells, with all their own forms.
_ENGLISH_IRREGULAR = """
be am is are was were been being
bear bore borne bearing bears
beat beaten beating beats
become became becoming becomes
begin began begun beginning begins
bleed bled bleeding bleeds
blow blew blown blowing blows
break broke broken breaking breaks
bring brought bringing brings
build built building builds
burn burnt burned burning burns
buy bought buying buys
catch caught catching catches
choose chose chosen choosing chooses
come came coming comes
cut cutting cuts
deal dealt dealing deals
die died dying dies
dig dug digging digs
do did done doing does
draw drew drawn drawing draws
drive drove driven driving drives
eat ate eaten eating eats
fall fell fallen falling falls
feel felt feeling feels
fight fought fighting fights
find found finding finds
flee fled fleeing flees
fly flew flown flying flies
forbid forbade forbidden forbidding forbids
freeze froze frozen freezing freezes
get got gotten getting gets
give gave given giving gives
go went gone going goes
grow grew grown growing grows
have had having has
hear heard hearing hears
hide hid hidden hiding hides
hit hitting hits
hold held holding holds
hurt hurting hurts
keep kept keeping keeps
know knew known knowing knows
lay laid laying lays
lead led leading leads
leave left leaving leaves
let letting lets
lie lied lain lying lies
lose lost losing loses
make made making makes
mean meant meaning means
meet met meeting meets
overrun overran overrunning overruns
overthrow overthrew overthrown
pay paid paying pays
put putting puts
read reading reads
ride rode ridden riding rides
rise rose risen rising rises
run ran running runs
say said saying says
see saw seen seeing sees
seek sought seeking seeks
sell sold selling sells
send sent sending sends
set setting sets
shake shook shaken shaking shakes
shoot shot shooting shoots
show showed shown showing shows
shut shutting shuts
sink sank sunk sinking sinks
sit sat sitting sits
speak spoke spoken speaking speaks
spend spent spending spends
split splitting splits
spread spreading spreads
stand stood standing stands
steal stole stolen stealing steals
strike struck stricken striking strikes
sweep swept sweeping sweeps
take took taken taking takes
teach taught teaching teaches
tear tore torn tearing tears
tell told telling tells
think thought thinking thinks
throw threw thrown throwing throws
understand understood understanding understands
undertake undertook undertaken
wear wore worn wearing wears
win won winning wins
withdraw withdrew withdrawn withdrawing withdraws
withhold withheld withholding withholds
withstand withstood withstanding withstands
write wrote written writing writes
man men
woman women
child children
person people persons
foot feet
tooth teeth
life lives
wife wives
knife knives
half halves
wolf wolves
serviceman servicemen
policeman policemen
fireman firemen
crisis crises
"""
_REFLEXIVE: Final = ("ся", "сь")
_SHORTEST: Final = 3  # letters of a stem; one less before an ending of so many letters
_LONG: Final = 4
_CYRILLIC: Final = re.compile("[а-яіїєґ]")
# Харків: Харкова; Львів: Львова; вечір: вечора. Only before the last consonant of the nominative.
_CLOSED: Final = re.compile("і([бвгджзклмнпрстфхцчшщ])$")
_PREFIXES: Final = (
    "re",
    "over",
    "under",
    "out",
    "mis",
    "un",
)  # of irregular verbs: retake, overthrow, rebuild
_OPEN_STEM: Final = re.compile("[аеиоуыэюяієьъ]$")
_SHUT: Final = re.compile("(?:^|[^aeiou])[aeiou][bdgklmnprt]$")
_DOUBLED: Final = re.compile(r"([a-z]+?([bdgklmnprt]))\2(?:ed|ing)")
_OPEN: Final = re.compile("[ое]([бвгджзклмнпрстфхцчшщ])$")

Classes = dict[str, list[tuple[str, ...]]]  # ending -> the endings of each class that has it


def _classes(*tables: str) -> Classes:
    by_ending: Classes = defaultdict(list)
    for table in tables:
        for line in table.strip().splitlines():
            endings = tuple(dict.fromkeys("" if e == "-" else fold(e) for e in line.split()))
            for ending in endings:
                by_ending[ending].append(endings)
    return dict(by_ending)


# The tables are read when they are first asked for: that takes longer than most commands.
@cache
def _whole() -> dict[str, set[str]]:
    found: dict[str, set[str]] = defaultdict(set)
    for line in (_IRREGULAR.strip() + _ENGLISH_IRREGULAR).strip().splitlines():
        forms = [fold(form) for form in line.split()]
        for form in forms:
            found[form].update(forms)
    return dict(found)


@cache
def _slavic(language: str) -> Classes:
    return _classes(*{"ru": [_RUSSIAN], "uk": [_UKRAINIAN], "": [_RUSSIAN, _UKRAINIAN]}[language])


@cache
def _latin() -> Classes:
    return _classes(_ENGLISH)


def guesses(word: str, language: str = "") -> set[str]:
    """Every form that a folded word may have, itself among them; most of them are no words at all.

    By the endings of one language, "ru" or "uk", or of both.
    """
    if not _CYRILLIC.search(word):
        return _english(word)
    classes = _slavic(language)
    irregular = _whole().get(word)
    if irregular:  # the rules would make it another word's forms: бой is no «боя, боюсь»
        return {word} | irregular
    found = {word} | _declined(word, classes)
    if language == "ru":
        return found | _reflexive(word, classes)
    if _CLOSED.search(word):
        for vowel in "ое":
            found |= _declined(_CLOSED.sub(rf"{vowel}\1", word), classes)
    # The other way: an oblique form leads to a nominative that is closed by і.
    found |= {_OPEN.sub(r"і\1", form) for form in found if _OPEN.search(form)}
    return found | _reflexive(word, classes)


def _english(word: str) -> set[str]:
    whole = _whole()
    prefix = next((one for one in _PREFIXES if word.startswith(one) and word[len(one) :] in whole), "")
    irregular = whole.get(word) or {prefix + form for form in whole.get(word[len(prefix) :], ())}
    if irregular:
        return (
            {word} | irregular | {f"{form}s" for form in irregular}
        )  # man's, people's: folded without apostrophe
    found = {word} | _declined(word, _latin())
    if _SHUT.search(word):  # stop: stopped
        found |= {f"{word}{word[-1]}{ending}" for ending in ("ed", "ing")}
    doubled = _DOUBLED.fullmatch(word)
    if doubled:
        found |= {
            doubled[1],
            f"{doubled[1]}s",
            *(f"{doubled[1]}{doubled[2]}{ending}" for ending in ("ed", "ing")),
        }
    return found


def _reflexive(word: str, classes: Classes) -> set[str]:
    found: set[str] = set()
    bare = word[:-2] if word.endswith(_REFLEXIVE) else None
    if bare is not None:
        for form in {bare} | _declined(bare, classes) | _declined(bare.removesuffix("ть"), classes):
            found.update(form + ending for ending in _REFLEXIVE)
            if form.endswith(("є", "е")):  # збирає: збирається
                found.add(f"{form}ться")
    return found


def _declined(word: str, classes: Classes) -> set[str]:
    found: set[str] = set()
    for at in range(min(_SHORTEST - 1, len(word)), len(word) + 1):
        if at < _SHORTEST and len(word) - at < _LONG:
            continue  # «за-нять» has such an ending, «ом-ар» has none
        for endings in classes.get(word[at:], ()):
            if "" in endings and _OPEN_STEM.search(word[:at]):
                continue  # what may stand without an ending ends with a consonant: «Миколаїв» is none of «Микола»
            found.update(word[:at] + ending for ending in endings)
    return found
