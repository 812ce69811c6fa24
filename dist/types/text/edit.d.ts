import { type LineIndex, type Span } from './lines.ts';
/** A replacement of the characters of a span. An empty span inserts, an empty text deletes. */
export interface Edit extends Span {
    readonly text: string;
}
/** The text with all edits made. They may come in any order and must not overlap; those that do are left out, the first one wins. */
export declare function applyEdits(index: LineIndex, edits: readonly Edit[]): string;
/** Do two edits touch the same characters, or insert at the same place? */
export declare function overlaps(one: Edit, other: Edit): boolean;
