"""What the peers written in Python share: the tables of prepare.py, and what is told of a peer."""


def rows(file):
    """Gives the label and the text of each line."""
    return [line.split("\t")[:2] for line in file.read_text("utf-8").splitlines()]


def strays(tables, name):
    """Gives the same of the sentences out of scope; none where the corpus has none."""
    file = tables / f"{name}.oos.tsv"
    return rows(file) if file.exists() else []


def auroc(inside, outside):
    """Gives how often a sentence in scope is surer than one out of scope, in percent."""
    ranked = sorted([(p, 1) for p in inside] + [(p, 0) for p in outside], key=lambda one: one[0])
    n_below, wins = 0, 0
    for _, is_inside in ranked:
        wins += n_below if is_inside else 0
        n_below += 0 if is_inside else 1
    return 100 * wins / (len(inside) * len(outside))


def tell(program, name, inside, outside, seconds):
    """Prints a peer's line: inside has a label, a guess and its confidence for each sentence in scope,
    outside the same for those out of scope."""
    right = 100 * sum(label == guess for label, guess, _ in inside) / len(inside)
    area = f"{auroc([p for *_, p in inside], [p for *_, p in outside]):.2f}" if outside else ""
    print(f"{program}\t{name}\t{right:.2f}\t{area}\t{seconds:.1f}", flush=True)
