/** A value a rule's condition can use. Optional fields are `null` in conditions when absent. */
export interface Field<T> {
    /** CEL type; `dyn` for optional fields and for values of any type. */
    readonly type: 'string' | 'double' | 'bool' | 'list<string>' | 'dyn' | ObjectFields;
    readonly optional: boolean;
    readonly doc: string;
    /** Only a carrier of the TypeScript type; never set. */
    readonly _type?: T;
}
export type ObjectFields = Readonly<Record<string, Field<unknown>>>;
export type Fields = Readonly<Record<string, Field<unknown>>>;
type TypeOf<F> = F extends Field<infer T> ? T : never;
type OptionalKeys<F extends Fields> = {
    [K in keyof F]: undefined extends TypeOf<F[K]> ? K : never;
}[keyof F];
/** The TypeScript type of the fields: one declaration gives the type, the CEL environment and the documentation. */
export type Values<F extends Fields> = {
    readonly [K in Exclude<keyof F, OptionalKeys<F>>]: TypeOf<F[K]>;
} & {
    readonly [K in OptionalKeys<F>]?: Exclude<TypeOf<F[K]>, undefined>;
};
export declare function text(doc: string): Field<string>;
/** One of a closed set of words. A condition that compares the field with another word is refused. */
export declare function word<const W extends string>(words: readonly W[], doc: string): Field<W> & {
    readonly words: readonly W[];
};
export declare function number(doc: string): Field<number>;
export declare function flag(doc: string): Field<boolean>;
export declare function texts(doc: string): Field<readonly string[]>;
/** A scalar, list or map read from a file; null when there is none. */
export declare function anything(doc: string): Field<unknown>;
export declare function object<F extends ObjectFields>(fields: F, doc: string): Field<Values<F>>;
export declare function optional<T>(field: Field<T>): Field<T | undefined>;
export {};
