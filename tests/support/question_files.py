"""Question files as other platforms write them, small: one question of each type, and some that cannot be held."""

from collections.abc import Mapping
from pathlib import Path

from tests.support.workbooks import write_archive

GIFT = """// The name comes first, an answer may be commented.
::Colors:: What is between orange and green? {
  =yellow # Yes.
  ~red # [html]<i>Too</i> warm
  ~blue
  ####It is the spectrum.
}

// [id:two] [points:3]
::Both::[markdown]Which *two*? {~%50%this ~%50%that ~%-100%neither}

The sun rises in the east.{TRUE#Look again.#Indeed.}

Grant is buried in {=Grant's tomb =a tomb =%0%a garden#Not there.} they say.

Match them. {
  =Canada -> Ottawa
  =Italy -> Rome
}

::Story::Tell one. {}

When was Grant born? {#1822:5}

Which is best? {=frog =%50%cat}
"""

AIKEN = """Which is a fruit?
A) Stone
B) Apple
ANSWER: B

Which <b> is bold?
a. this
b. that
ANSWER: A

Nobody says which is right.
A) one
B) two
"""


def moodle_question(kind: str, inside: str, *, name: str = "A name", text: str = "What is it?") -> str:
    return f"""
  <question type="{kind}">
    <name><text>{name}</text></name>
    <questiontext format="html"><text><![CDATA[{text}]]></text></questiontext>
    {inside}
  </question>"""


def moodle_xml(*questions: str) -> str:
    return f'<?xml version="1.0" encoding="UTF-8"?>\n<quiz>{"".join(questions)}\n</quiz>\n'


def moodle_answer(fraction: str, text: str, feedback: str = "") -> str:
    said = f'<feedback format="html"><text>{feedback}</text></feedback>'
    return f'<answer fraction="{fraction}" format="html"><text>{text}</text>{said}</answer>'


MOODLE_XML = moodle_xml(
    '\n  <question type="category"><category><text>$course$/top</text></category></question>',
    moodle_question(
        "multichoice",
        "<generalfeedback format='html'><text>It is Paris &amp;amp; nothing else.</text></generalfeedback>"
        "<defaultgrade>2.0000000</defaultgrade><penalty>0.3333333</penalty><idnumber>FR-1</idnumber>"
        "<single>true</single><correctfeedback format='html'><text>Well done.</text></correctfeedback>"
        + moodle_answer("100", "&lt;p&gt;Paris&lt;/p&gt;", "Yes.")
        + moodle_answer("0", "Lyon")
        + "<tags><tag><text>places</text></tag></tags>",
        name="Capital",
        text="<p>What is the <b>capital</b> of France?</p><ul><li>H<sub>2</sub>O</li></ul>",
    ),
    moodle_question(
        "multichoice",
        "<single>false</single>"
        + "".join(moodle_answer("33.33333", text) for text in ("2", "4", "6"))
        + moodle_answer("-50", "5"),
        name="Even",
    ),
    moodle_question("truefalse", moodle_answer("0", "false", "No.") + moodle_answer("100", "true"), name="Sun"),
    moodle_question("shortanswer", "<usecase>0</usecase>" + moodle_answer("100", "frog"), name="Animal"),
    moodle_question(
        "matching",
        "<subquestion format='html'><text>frog</text><answer><text>amphibian</text></answer></subquestion>"
        "<subquestion format='html'><text>cat</text><answer><text>mammal</text></answer></subquestion>",
        name="Classes",
    ),
    moodle_question("essay", "<responseformat>editor</responseformat>", name="Story"),
    moodle_question("numerical", moodle_answer("100", "3.14"), name="Pi"),
    moodle_question("cloze", "", name="Gaps", text="{1:SHORTANSWER:=x}"),
)

QTI1_NAMESPACE = "http://www.imsglobal.org/xsd/ims_qtiasiv1p2"


def qti1(*items: str, encoding: str = "UTF-8") -> str:
    return (
        f'<?xml version="1.0" encoding="{encoding}"?>\n<questestinterop xmlns="{QTI1_NAMESPACE}">\n'
        f'<assessment ident="a" title="Quiz"><section ident="root">{"".join(items)}\n</section></assessment>\n'
        "</questestinterop>\n"
    )


def qti1_item(
    presentation: str, processing: str, *, ident: str = "item-one", facts: Mapping[str, str] | None = None
) -> str:
    fields = "".join(
        f"<qtimetadatafield><fieldlabel>{label}</fieldlabel><fieldentry>{entry}</fieldentry></qtimetadatafield>"
        for label, entry in (facts or {}).items()
    )
    return (
        f'\n<item ident="{ident}" title="A title"><itemmetadata><qtimetadata>{fields}</qtimetadata></itemmetadata>'
        f"<presentation>{presentation}</presentation>\n<resprocessing>{processing}</resprocessing></item>"
    )


def mattext(text: str, kind: str = "text/plain") -> str:
    return f'<material><mattext texttype="{kind}">{text}</mattext></material>'


def choices(*texts: str, cardinality: str = "Single", response: str = "r", label: str = "") -> str:
    labels = "".join(
        f'\n<response_label ident="{number}">{mattext(text)}</response_label>' for number, text in enumerate(texts, 1)
    )
    return (
        f'<response_lid ident="{response}" rcardinality="{cardinality}">{label}'
        f"<render_choice>{labels}</render_choice></response_lid>"
    )


def scored(condition: str, points: str, *, action: str = "Set", feedback: str = "") -> str:
    shown = f'<displayfeedback feedbacktype="Response" linkrefid="{feedback}"/>' if feedback else ""
    return (
        f"<respcondition><conditionvar>{condition}</conditionvar>"
        f'<setvar action="{action}" varname="SCORE">{points}</setvar>{shown}</respcondition>'
    )


def given(answer: str, response: str = "r") -> str:
    return f'<varequal respident="{response}">{answer}</varequal>'


GAP = (
    '<response_str ident="r" rcardinality="Single"><render_fib><response_label ident="a"/></render_fib></response_str>'
)
QTI1 = qti1(
    qti1_item(
        mattext("&lt;p&gt;Which &lt;b&gt;one&lt;/b&gt;?&lt;/p&gt;", "text/html") + choices("this", "that"),
        scored(given("1"), "100"),
        facts={"question_type": "multiple_choice_question", "points_possible": "3.0"},
    ),
    qti1_item(
        mattext("Which two?") + choices("a", "b", "c", cardinality="Multiple"),
        scored(f"<and>{given('1')}<not>{given('2')}</not>{given('3')}</and>", "100"),
        ident="item-two",
    ),
    qti1_item(
        mattext("Which add up?") + choices("a", "b", "c", cardinality="Multiple"),
        "".join(scored(given(label), points, action="Add") for label, points in (("1", "5"), ("2", "-1"), ("3", "5"))),
        ident="item-three",
    ),
    qti1_item(mattext("Is it so?") + choices("False", "True"), scored(given("2"), "SCORE.max"), ident="item-four"),
    qti1_item(
        mattext("Now is the") + GAP + mattext("of our discontent"),
        scored(given("winter") + given("Winter"), "100"),
        ident="item-five",
    ),
    qti1_item(mattext("Tell.") + GAP, "", ident="item-six"),
    qti1_item(
        mattext("Match.")
        + choices("red", "blue", response="r1", label=mattext("rose"))
        + choices("red", "blue", response="r2", label=mattext("sky")),
        scored(given("1", "r1"), "50.00", action="Add") + scored(given("2", "r2"), "50.00", action="Add"),
        ident="item-seven",
        facts={"question_type": "matching_question"},
    ),
    qti1_item(mattext("How many?") + '<response_num ident="r"/>', "", ident="item-eight"),
)


def qti2_item(
    body: str, *, correct: tuple[str, ...] = (), cardinality: str = "single", more: str = "", kind: str = "identifier"
) -> str:
    values = "".join(f"<value>{value}</value>" for value in correct)
    answer = f"<correctResponse>{values}</correctResponse>" if correct else ""
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        '<assessmentItem xmlns="http://www.imsglobal.org/xsd/imsqti_v2p1" identifier="an-item" title="A title" '
        'adaptive="false" timeDependent="false">\n'
        f'<responseDeclaration identifier="RESPONSE" cardinality="{cardinality}" baseType="{kind}">{answer}{more}'
        f"</responseDeclaration>\n<itemBody>{body}</itemBody>\n"
        '<responseProcessing template="http://www.imsglobal.org/question/qti_v2p1/rptemplates/match_correct"/>\n'
        "</assessmentItem>\n"
    )


def interaction(*texts: str, most: int = 1, prompt: str = "Which one?") -> str:
    simple = "".join(
        f'<simpleChoice identifier="{chr(65 + at)}">{text}</simpleChoice>' for at, text in enumerate(texts)
    )
    return (
        f'<choiceInteraction responseIdentifier="RESPONSE" maxChoices="{most}"><prompt>{prompt}</prompt>{simple}'
        "</choiceInteraction>"
    )


QTI2 = qti2_item(f"<p>Look <i>here</i>.</p>{interaction('this', '<p>that</p>')}", correct=("A",))
MANIFEST = """<manifest xmlns="http://www.imsglobal.org/xsd/imscp_v1p1"><resources>
<resource identifier="one" type="imsqti_item_xmlv2p1" href="items/one.xml"><file href="items/one.xml"/></resource>
<resource identifier="two" type="imsqti_xmlv1p2/imscc_xmlv1p1/assessment"><file href="two.xml"/></resource>
</resources></manifest>
"""
PACKAGE: dict[str, str] = {"imsmanifest.xml": MANIFEST, "items/one.xml": QTI2, "two.xml": QTI1}


def write_package(path: Path, parts: Mapping[str, str | bytes] | None = None) -> Path:
    return write_archive(path, parts or PACKAGE)
