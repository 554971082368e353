"""A run as one HTML page that steps through it, with nothing beside it: no network, no other file.

Why it is one document in two forms. A page is read by people who see it, by those who hear it, by printers
and by search engines, with and without JavaScript. So everything that is told stands in the document as plain
HTML: the question, the whole ladder, what happened in each step and why, the answer (`writer`). What only
somebody who steps through it wants, how the panes and the ladder look after each step and the headers of the
segments, stands beside it as data (`moments`, `segments`). The script shows one step of both: it copies the
sentences from the document and draws the rest from the data, so that no sentence is there twice.

Why the data are tables. A line of a pane is the same in most steps, and so is what a field of a header is
for. Each text, each line and each part of a header stands once in one table and is named by its place there.
A drawing has those of its rows that differ from the step before. The ladder stands in the document as it is
at the end, and the table has only the lines that are not there. That makes a page small enough for a mail
without any packing that a reader could not look through.

Why a stranger's story can do nothing in it. A policy (CSP) in the page allows no connection, no picture, no
frame and no form, and of scripts and styles only those with the hashes of this package's two files. Every
text is escaped, in HTML and in the data; the script makes nodes and texts, never HTML.
"""
