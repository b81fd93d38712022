"""Reports to send on: an Excel workbook and one HTML page, of the same numbers.

`gather` asks the functions that pages and command line ask, once, for one moment of the data; both
files only write down what it found. They are made in memory, and drawing libraries are imported
only when one is made.
"""

from credits.report.gathering import Report, Wanted, document, gather
from credits.report.writing import KINDS, Made, kind_of, made, write

__all__ = ["KINDS", "Made", "Report", "Wanted", "document", "gather", "kind_of", "made", "write"]
