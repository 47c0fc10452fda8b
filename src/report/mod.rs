//! Rows → bytes: the columns of the files, declared once, and their writers.
