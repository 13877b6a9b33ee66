/** Where the last good state outlives a restart. A store that throws is reported, and counts as empty. */
export interface Snapshot {
  /** The text that was written last, or `undefined` where there is none. */
  read(): Promise<string | undefined>
  /** Replaces the text as a whole: a reader finds the old text or the new one, never a part. */
  write(text: string): Promise<void>
}
