"""What a recogniser writes when somebody said something else.

A match through this table is never certain: the rule answers UNSURE and shows the place. Left the token a phrase asks
for, right what may stand in its place. Short on purpose: every entry was chosen because a telephone line swaps the two.
"""

ALIKES: dict[str, tuple[str, ...]] = {
    "debt": ("dead", "death", "depth", "deb", "dept", "det"),
    "collector": ("collect her", "collect or", "corrector", "connector"),
    "recorded": ("record it", "recordered", "accorded", "recording it", "regarded"),
    "recording": ("record in", "according"),
    "cvv": ("see vee vee", "cbv", "c b v", "cvb", "c v b", "seeveevee", "cvd"),
    "apr": ("a p are", "a pr", "apiar", "ape are"),
    "ssn": ("s s end", "essen", "s a sn"),
    "miranda": ("maranda",),
    "complaint": ("complain", "compliant"),
    "arrested": ("a rested", "rested", "arrest it"),
    "warrant": ("warren", "warned"),
    "sheriff": ("sharif", "share if"),
    "garnish": ("garnet", "garnished"),
    "passcode": ("pass coat", "pass go", "past code"),
    "gift": ("give", "gif", "kift"),
    "payee": ("pay e", "pay ee", "pay he"),
    "supervisor": ("super visor", "supervise or"),
    "sue": ("soo", "su"),
    "wages": ("wage is", "ages"),
    "balance": ("ballance", "valance"),
}
