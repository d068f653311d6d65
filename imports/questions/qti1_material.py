"""The texts of QTI 1.2: materials, labels, and a presentation with its responses among them."""

from dataclasses import dataclass, field

from imports.questions.elements import Element
from imports.questions.parsed import CannotRead
from imports.questions.rich_text import PlainText, as_typed, from_html
from imports.questions.walking import walk

RESPONSES = ("response_lid", "response_str", "response_num", "response_xy", "response_grp", "response_extension")
PICTURES = frozenset({"matimage", "mataudio", "matvideo", "matapplet", "matapplication"})
TEXTS = ("mattext", "matemtext", "mat_formattedtext")
BLANK = "_____"
GAP = None


@dataclass
class Asked:
    """What a presentation asks: its texts in their order, with a gap where a response stands, and the responses."""

    pieces: list[str | None] = field(default_factory=list)
    responses: list[Element] = field(default_factory=list)
    before: dict[int, str] = field(default_factory=dict)
    right_sides: list[str] = field(default_factory=list)

    def label_before(self, response: Element) -> str:
        """The text that stands in one flow with a response, which Blackboard's pairs have."""
        return self.before.get(id(response), "")

    def text(self, *, with_gaps: bool) -> str:
        pieces = list(self.pieces)
        while pieces and pieces[-1] is GAP:
            pieces.pop()
        if not with_gaps or GAP not in pieces:
            return "\n".join(filter(None, pieces))
        return " ".join(BLANK if piece is GAP else piece for piece in pieces)


def presented(presentation: Element) -> Asked:
    asked = Asked()
    _gather(presentation, asked)
    return asked


def _gather(element: Element, asked: Asked) -> None:
    in_pairs = element.get("class").upper() == "RESPONSE_BLOCK" and len(list(element.below("response_lid"))) > 1
    for child in element.elements:
        if child.name in RESPONSES:
            asked.responses.append(child)
            asked.pieces.append(GAP)
        elif child.get("class").upper() == "RIGHT_MATCH_BLOCK":
            asked.right_sides = [material_text(flow) for flow in child.each("flow")]
        elif in_pairs and child.name == "flow":
            for response in child.below("response_lid"):
                asked.responses.append(response)
                asked.before[id(response)] = material_text(_without(child, response))
        elif child.name.startswith("material"):
            asked.pieces.append(material_text(child))
        else:
            _gather(child, asked)


def _without(flow: Element, response: Element) -> Element:
    bare = Element(flow.name, flow.attributes, flow.line)
    bare.content = [part for part in flow.content if part is not response]
    return bare


def material_text(element: Element) -> str:
    """The texts in an element, a line each; labels of responses do not belong to them."""
    if element.name in TEXTS:
        return _text(element)
    lines: list[str] = []
    for child in element.elements:
        if child.name in PICTURES:
            raise CannotRead("It holds a picture or a media file, which cannot be imported.")
        if child.name == "matref":
            raise CannotRead("It names a text that stands elsewhere.")
        if child.name.startswith(("render_", "response_")):
            continue
        lines.append(material_text(child))
    return "\n".join(filter(None, lines))


def _text(element: Element) -> str:
    kind = (element.get("texttype") or element.get("type")).lower()
    if element.elements:
        return walk(element, PlainText()).result()
    if "rtf" in kind:
        raise CannotRead("Its text is in RTF, which cannot be read.")
    if element.get("uri") and not element.text:
        raise CannotRead("It names a text that stands in another file.")
    return from_html(element.text) if "html" in kind else as_typed(element.text)
