/** The labels that name the object of an operation. */
export interface OperationLabels {
  /** Labels that every capability must name. Default: none. */
  readonly required?: readonly string[] | undefined
  /** Labels that a capability may name. All others are refused. Default: none. */
  readonly optional?: readonly string[] | undefined
}

/** The labels of an operation, as a schema keeps them. */
export interface SchemaLabels {
  readonly required: readonly string[]
  readonly optional: readonly string[]
}

/** What can be done with one target. */
export interface TargetDefinition {
  /** From the name of an operation to its labels. */
  readonly operations: Readonly<Record<string, OperationLabels>>
  /** Whether a capability is minted only within a session whose context is presented. Default `'optional'`. */
  readonly context?: 'required' | 'optional' | undefined
}

/** All targets, by name. A target is the resource of a capability. */
export type SchemaDefinition = Readonly<Record<string, TargetDefinition>>

/** The names of the targets of a schema. */
export type TargetOf<Definition extends SchemaDefinition> = keyof Definition & string

/** The names of the operations of a target. */
export type OperationOf<
  Definition extends SchemaDefinition,
  Target extends TargetOf<Definition>,
> = keyof Definition[Target]['operations'] & string

type LabelsIn<Operation, Key extends keyof OperationLabels> = Operation extends {
  readonly [K in Key]: readonly (infer Label extends string)[]
}
  ? Label
  : never

/** The labels that a schema knows for any operation; every text where the compiler does not know the schema. */
export type LabelOf<Definition extends SchemaDefinition> =
  string extends TargetOf<Definition>
    ? string
    : {
        [Target in TargetOf<Definition>]: {
          [Operation in OperationOf<Definition, Target>]: keyof DesignationsOf<Definition, Target, Operation> & string
        }[OperationOf<Definition, Target>]
      }[TargetOf<Definition>]

/** The designations that a capability for an operation names: the required labels, and some of the optional ones. */
export type DesignationsOf<
  Definition extends SchemaDefinition,
  Target extends TargetOf<Definition>,
  Operation extends OperationOf<Definition, Target>,
> = Readonly<Record<LabelsIn<Definition[Target]['operations'][Operation], 'required'>, string>> &
  Readonly<Partial<Record<LabelsIn<Definition[Target]['operations'][Operation], 'optional'>, string>>>

declare const definition: unique symbol

/** Which resources there are, what can be done with each, and which labels must name the object. Made by `defineSchema`. */
export interface Schema<Definition extends SchemaDefinition = SchemaDefinition> {
  /** Exists for the compiler alone. */
  readonly [definition]?: Definition
  /** The names of the targets. */
  readonly targets: readonly string[]
  /** The names of the operations of a target; none for an unknown target. */
  operations(target: string): readonly string[]
  /** The labels of an operation; `undefined` for an unknown target or operation. */
  labels(target: string, operation: string): SchemaLabels | undefined
  /** Whether a capability for this target is minted only within a session. */
  demandsContext(target: string): boolean
}
