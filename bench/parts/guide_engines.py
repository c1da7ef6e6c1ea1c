"""Three ways of searching the same documents: ours, tantivy, and PostgreSQL's full text. Each returns keys, the best first.

The peers get what their manuals offer for this: Danish stemming, fields by their worth, and for tantivy words that are a slip away.
"""

from collections.abc import Callable, Iterable, Sequence
from typing import Any

import psycopg
import tantivy

from borgerlinje.guides.search.index import Document, Index
from borgerlinje.guides.search.words import words_of

Search = Callable[[str], list[str]]
LIMIT = 10
_TABLE = """
DROP TABLE IF EXISTS guide_texts;
CREATE TEMP TABLE guide_texts (key text PRIMARY KEY, search tsvector);
CREATE INDEX guide_texts_search ON guide_texts USING gin (search);
"""
_INSERT = """
INSERT INTO guide_texts VALUES (%(key)s, setweight(to_tsvector('danish', %(title)s), 'A') || setweight(to_tsvector('danish', %(words)s), 'B')
    || setweight(to_tsvector('danish', %(body)s), 'D'))
"""
_ASK = """
SELECT key FROM guide_texts, to_tsquery('danish', %(asked)s) AS asked WHERE search @@ asked
 ORDER BY ts_rank_cd(search, asked, 1) DESC, key LIMIT %(limit)s
"""


def parts(document: Document) -> dict[str, str]:
    """Return a document's title, its other names, and what is said of it."""
    names = [text for text, _ in document.phrases]
    return {
        "key": document.key,
        "title": " ".join(names[:3]),
        "words": " ".join(names[3:]),
        "body": " ".join(text for text, _ in document.texts),
    }


def ours(documents: Sequence[Document]) -> Search:
    """Return the product's own search."""
    index = Index(documents)
    return lambda text: [hit.key for hit in index.search(text, limit=LIMIT)]


def of_tantivy(documents: Iterable[Document]) -> Search:
    """Return tantivy's, in memory, with fields weighted and words a slip away."""
    analyzer = (
        tantivy.TextAnalyzerBuilder(tantivy.Tokenizer.simple())
        .filter(tantivy.Filter.lowercase())
        .filter(tantivy.Filter.stemmer("danish"))
        .build()
    )
    schema = tantivy.SchemaBuilder()
    schema.add_text_field("key", stored=True, tokenizer_name="raw")
    fields = ("title", "words", "body")
    for name in fields:
        schema.add_text_field(name, tokenizer_name="danish")
    index = tantivy.Index(schema.build())
    index.register_tokenizer("danish", analyzer)
    writer = index.writer()
    for document in documents:
        writer.add_document(tantivy.Document(**{name: [text] for name, text in parts(document).items()}))
    writer.commit()
    index.reload()
    searcher = index.searcher()
    boosts = {"title": 3.0, "words": 2.0, "body": 0.5}
    fuzzy = dict.fromkeys(("title", "words"), (False, 1, True))
    passes: tuple[tuple[float, dict[str, Any]], ...] = ((1.0, {}), (0.5, {"fuzzy_fields": fuzzy}))

    def search(text: str) -> list[str]:
        plain = " ".join(word for word in text.lower().replace("-", " ").split() if word.isalnum())
        if not plain:
            return []
        found: dict[str, float] = {}
        for share, options in passes:
            query, _ = index.parse_query_lenient(plain, list(fields), field_boosts=boosts, **options)
            for score, address in searcher.search(query, LIMIT).hits:
                key = str(searcher.doc(address)["key"][0])
                found[key] = found.get(key, 0.0) + share * score
        return sorted(found, key=lambda key: -found[key])[:LIMIT]

    return search


def of_postgresql(documents: Iterable[Document], connection: psycopg.Connection[Any]) -> Search:
    """Return PostgreSQL's full text search with its Danish dictionary; any of the words may answer."""
    connection.execute(_TABLE)
    for document in documents:
        connection.execute(_INSERT, parts(document))
    connection.execute("ANALYZE guide_texts")

    def search(text: str) -> list[str]:
        words = [word for word in text.lower().replace("-", " ").split() if word.isalnum()]
        if not words_of(text) or not words:
            return []
        values = {"asked": " | ".join([*words[:-1], f"{words[-1]}:*"]), "limit": LIMIT}
        return [row["key"] if isinstance(row, dict) else row[0] for row in connection.execute(_ASK, values)]

    return search
