/** A place in a text: lines and columns count from 1, columns in UTF-16 units; the end is exclusive, as in SARIF. */
export interface Span {
    readonly line: number;
    readonly column: number;
    readonly endLine: number;
    readonly endColumn: number;
}
/** Start offsets of the lines of one text, to turn offsets into lines and columns. */
export interface LineIndex {
    readonly text: string;
    /** Offset of the first character of each line; `starts[0]` is 0. */
    readonly starts: readonly number[];
}
/** Indexes `text`. Lines end at `\n`; a `\r` before it belongs to the line's ending. */
export declare function indexLines(text: string): LineIndex;
/** Number of lines; a final newline does not open another line. */
export declare function lineCount(index: LineIndex): number;
/** Line and column (from 1) of an offset; offsets outside the text are clamped. */
export declare function positionAt(index: LineIndex, offset: number): {
    line: number;
    column: number;
};
/** The span of the characters from `start` up to, not including, `end`. */
export declare function spanOf(index: LineIndex, start: number, end: number): Span;
/** Text of line `line` (from 1) without its ending; '' outside the text. */
export declare function lineText(index: LineIndex, line: number): string;
/** The span of one whole line without its indentation. */
export declare function lineSpan(index: LineIndex, line: number): Span;
/** Offset of a line (from 1) and column (from 1). */
export declare function offsetAt(index: LineIndex, line: number, column: number): number;
