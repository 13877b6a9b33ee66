/** What a token may hold and somebody's code mistakes for syntax, an end, a key, or another string. */
export const AWKWARD_STRINGS: readonly string[] = [
  '"); right("mallory", "invoices", "write',
  "it's",
  '\\',
  'a\0b',
  'line\r\nbreak\u2028end',
  '{value} $time {{0}}',
  '👩‍👩‍👧‍👦 🏴‍☠️ 𝕏',
  'é',
  'e\u0301',
  '\u202egnp.\ufeff',
  '\uffff\ue000',
  '__proto__',
  'constructor',
  'ed25519/xyz',
  ' ',
]
