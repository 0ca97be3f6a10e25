"""The title keywords against titles whose meaning is known, by the rule that the models follow.

Of the keywords found as whole words the lowest priority number wins, then the longest keyword.
"""

import csv
from dataclasses import dataclass

import pytest

from scripts.shared.paths import PROJECT
from scripts.shared.text import text_words

SENIORITIES = {"c_level", "vp", "director", "manager", "specialist", "assistant", "student"}


@dataclass(frozen=True)
class Keyword:
    words: str
    value: str
    priority: int


def read_keywords() -> dict[str, list[Keyword]]:
    """The keywords of each attribute."""
    keywords: dict[str, list[Keyword]] = {}
    path = PROJECT / "seeds" / "mapping" / "title_keywords.csv"
    with path.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            words = text_words(row["keyword"])
            assert words is not None, row
            keyword = Keyword(words, row["value"], int(row["priority"]))
            keywords.setdefault(row["attribute"], []).append(keyword)
    return keywords


KEYWORDS = read_keywords()


def meaning(title: str, attribute: str) -> str | None:
    """The value of the best keyword in the title; it must not be a draw between two values."""
    words = text_words(title) or ""
    found = [keyword for keyword in KEYWORDS[attribute] if keyword.words in words]
    if not found:
        return None
    best = min((keyword.priority, -len(keyword.words)) for keyword in found)
    values = {k.value for k in found if (k.priority, -len(k.words)) == best}
    assert len(values) == 1, f"{title}: a draw between {sorted(values)}"
    return values.pop()


@pytest.mark.parametrize(
    ("title", "seniority", "department_group"),
    [
        ("Chief Executive Officer", "c_level", "executive"),
        ("C.E.O.", "c_level", "executive"),
        ("ＣＥＯ", "c_level", "executive"),
        ("Assistant to the CEO", "assistant", "executive"),
        ("Executive Assistant", "assistant", "executive"),
        ("Assistant Director", "assistant", None),
        ("Assistant Vice President, Retail Banking", "manager", "executive"),
        ("President", "c_level", "executive"),
        ("Vice President", "vp", "executive"),
        ("Vice-President, Sales", "vp", "sales"),
        ("SVP Marketing", "vp", "marketing"),
        ("Vice President & CTO", "c_level", "it"),
        ("Co-Founder & CTO", "c_level", "it"),
        ("Chief Financial Officer", "c_level", "finance"),
        ("Chief of Staff", "director", "executive"),
        ("Chief Accountant", "director", "finance"),
        ("Managing Director", "c_level", "executive"),
        ("Deputy CEO", "vp", "executive"),
        ("Director General", "c_level", "executive"),
        ("General Manager", "director", "executive"),
        ("Head of IT", "director", "it"),
        ("Director, Information Technology", "director", "it"),
        ("Director of Student Affairs", "director", None),
        ("Product Owner", "specialist", "product"),
        ("Business Owner", "c_level", "executive"),
        ("Project Manager", "manager", "operations"),
        ("Product Marketing Manager", "manager", "marketing"),
        ("HR Manager", "manager", "hr"),
        ("Sales & Marketing Manager", "manager", "sales"),
        ("Team Lead, Customer Support", "manager", "support"),
        ("Account Executive", "specialist", "sales"),
        ("Sales Engineer", "specialist", "sales"),
        ("Principal Engineer", "specialist", None),
        ("IT Support Specialist", "specialist", "it"),
        ("Senior Software Engineer", "specialist", "it"),
        ("Data Scientist", "specialist", "data"),
        ("Accounts Payable Clerk", "specialist", "finance"),
        ("Lead Generation Specialist", "specialist", "sales"),
        ("General Counsel", "c_level", "legal"),
        ("Compliance Officer", "specialist", "legal"),
        ("Internal Audit Manager", "manager", "finance"),
        ("International Sales Director", "director", "sales"),
        ("Marketing Intern", "student", "marketing"),
        ("PhD Student", "student", None),
        ("Dentist", None, None),
        ("Geschäftsführer", "c_level", "executive"),
        ("Geschaeftsfuehrerin", "c_level", "executive"),
        ("Geschäftsführer*in", "c_level", "executive"),
        ("Assistentin der Geschäftsführung", "assistant", "executive"),
        ("Referentin der Geschäftsführung", "specialist", "executive"),
        ("Stellvertretender Geschäftsführer", "vp", "executive"),
        ("Vorstandsvorsitzender", "c_level", "executive"),
        ("Leiter Vertrieb", "director", "sales"),
        ("IT-Leiterin", "director", "it"),
        ("Personalleiter", "director", "hr"),
        ("Teamleiter Kundenservice", "manager", "support"),
        ("IT-Projektleiter", "manager", "it"),
        ("Buchhalterin", "specialist", "finance"),
        ("Werkstudent Marketing", "student", "marketing"),
        ("Auszubildende", "student", None),
        ("Président-directeur général", "c_level", "executive"),
        ("Directrice générale", "c_level", "executive"),
        ("Directeur général adjoint", "vp", "executive"),
        ("Vice-présidente", "vp", "executive"),
        ("Directeur d’exploitation", "director", "operations"),
        ("Directeur des ressources humaines", "director", "hr"),
        ("Responsable marketing", "manager", "marketing"),
        ("Chef de projet informatique", "manager", "it"),
        ("Chargée de communication", "specialist", "marketing"),
        ("Assistante de direction", "assistant", "executive"),
        ("Secrétaire général", "c_level", None),
        ("Stagiaire", "student", None),
        ("Consejera Delegada", "c_level", "executive"),
        ("Gerente General", "c_level", "executive"),
        ("Vicepresidenta de Ventas", "vp", "sales"),
        ("Directora Financiera", "director", "finance"),
        ("Jefe de Compras", "manager", "operations"),
        ("Asistente de dirección", "assistant", "executive"),
        ("Auxiliar contable", "assistant", "finance"),
        ("Becaria", "student", None),
        ("Diretor-Presidente", "c_level", "executive"),
        ("Vice-Presidente de Operações", "vp", "operations"),
        ("Diretora de Recursos Humanos", "director", "hr"),
        ("Gerente de TI", "manager", "it"),
        ("Coordenadora de Marketing", "manager", "marketing"),
        ("Analista Jurídico", "specialist", "legal"),
        ("Estagiário", "student", None),
        ("Amministratore Delegato", "c_level", "executive"),
        ("Direttrice Generale", "c_level", "executive"),
        ("Vice Presidente", "vp", "executive"),
        ("Direttore Commerciale", "director", "sales"),
        ("Responsabile Risorse Umane", "manager", "hr"),
        ("Impiegata ufficio acquisti", "specialist", "operations"),
        ("Tirocinante", "student", None),
        ("Διευθύνων Σύμβουλος", "c_level", "executive"),
        ("ΔΙΕΥΘΥΝΟΥΣΑ ΣΥΜΒΟΥΛΟΣ", "c_level", "executive"),
        ("Αντιπρόεδρος", "vp", "executive"),
        ("Οικονομική Διευθύντρια", "director", "finance"),
        ("Υπεύθυνος Μάρκετινγκ", "manager", "marketing"),
        ("Σύμβουλος Πωλήσεων", "specialist", "sales"),
        ("Βοηθός Διευθυντή", "assistant", None),
        ("Φοιτητής", "student", None),
        ("ประธานเจ้าหน้าที่บริหาร", "c_level", "executive"),
        ("ประธานเจ้าหน้าที่ฝ่ายการเงิน", "c_level", "finance"),
        ("กรรมการผู้จัดการ", "c_level", "executive"),
        ("รองประธานฝ่ายขาย", "vp", "sales"),
        ("ผู้อำนวยการ", "director", None),
        ("ผู้ช่วยผู้อำนวยการ", "assistant", None),
        ("ผู้จัดการฝ่ายการตลาด", "manager", "marketing"),
        ("ผู้จัดการฝ่ายบุคคล", "manager", "hr"),
        ("เจ้าหน้าที่บัญชี", "specialist", "finance"),
        ("เลขานุการ", "assistant", None),
        ("นักศึกษาฝึกงาน", "student", None),
        ("執行長", "c_level", "executive"),
        ("總經理", "c_level", "executive"),
        ("副總經理", "vp", "executive"),
        ("總經理特助", "assistant", "executive"),
        ("經理", "manager", None),
        ("行銷經理", "manager", "marketing"),
        ("業務代表", "specialist", "sales"),
        ("首席执行官", "c_level", "executive"),
        ("首席技术官", "c_level", "it"),
        ("副总裁", "vp", "executive"),
        ("总经理助理", "assistant", "executive"),
        ("人力资源总监", "director", "hr"),
        ("财务经理", "manager", "finance"),
        ("产品经理", "manager", "product"),
        ("软件工程师", "specialist", "it"),
        ("实习生", "student", None),
        ("代表取締役社長", "c_level", "executive"),
        ("副社長", "vp", "executive"),
        ("社長秘書", "assistant", "executive"),
        ("営業部長", "director", "sales"),
        ("経理課長", "manager", "finance"),
        ("人事担当", "specialist", "hr"),
        ("ﾏｰｹﾃｨﾝｸﾞﾏﾈｰｼﾞｬｰ", "manager", "marketing"),
        ("アート・ディレクター", "director", None),
        ("インターン", "student", None),
    ],
)
def test_title(title: str, seniority: str | None, department_group: str | None) -> None:
    assert meaning(title, "seniority") == seniority
    assert meaning(title, "department_group") == department_group


@pytest.mark.parametrize(
    ("title", "role"),
    [
        ("CEO", "ceo"),
        ("Founder & CEO", "ceo"),
        ("President and Chief Executive Officer", "ceo"),
        ("Διευθύνων Σύμβουλος", "ceo"),
        ("執行長", "ceo"),
        ("ประธานเจ้าหน้าที่บริหาร", "ceo"),
        ("Geschäftsführer", "ceo"),
        ("Director General", "ceo"),
        ("CTO", "cto"),
        ("Co-Founder & CTO", "cto"),
        ("最高技術責任者", "cto"),
        ("首席财务官", "cfo"),
        ("Founder", "founder"),
        ("Vice President", "vice_president"),
        ("Deputy CEO", "deputy_ceo"),
        ("รองประธานเจ้าหน้าที่บริหาร", "deputy_ceo"),
        ("Directrice générale adjointe", "deputy_ceo"),
        ("總經理", "general_manager"),
        ("Assistant to the CEO", "assistant"),
        ("Assistenz der Geschäftsführung", "assistant"),
        ("ผู้ช่วยประธานเจ้าหน้าที่บริหาร", "assistant"),
        ("Intern, CEO Office", "student"),
        ("Chief of Staff to the CEO", "chief_of_staff"),
        ("Product Owner", "product_owner"),
        ("Project Manager", "project_manager"),
        ("Projektleiterin", "project_manager"),
        ("專案經理", "project_manager"),
        ("Account Executive", "account_executive"),
        ("Director of Sales", None),
    ],
)
def test_role(title: str, role: str | None) -> None:
    assert meaning(title, "title_role") == role


def test_every_keyword_is_given_once() -> None:
    for attribute, keywords in KEYWORDS.items():
        words = [keyword.words for keyword in keywords]
        assert len(words) == len(set(words)), attribute


def test_seniorities_are_the_known_ones() -> None:
    assert {keyword.value for keyword in KEYWORDS["seniority"]} == SENIORITIES
