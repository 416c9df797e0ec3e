"""What the peers written in Python share: the tables of prepare.py, and how refusing is scored."""


def rows(file):
    """Gives the label and the text of each line."""
    return [line.split("\t")[:2] for line in file.read_text("utf-8").splitlines()]


def auroc(inside, outside):
    """Gives how often a sentence in scope is surer than one out of scope, in percent."""
    ranked = sorted([(p, 1) for p in inside] + [(p, 0) for p in outside], key=lambda one: one[0])
    n_below, wins = 0, 0
    for _, is_inside in ranked:
        wins += n_below if is_inside else 0
        n_below += 0 if is_inside else 1
    return 100 * wins / (len(inside) * len(outside))
