/** Translations are text for people: many, long, and nothing that a rule about settings could weigh. */
export function isTranslation(path: string): boolean {
  return /(^|\/)(locales?|i18n|l10n|translations?|lang)\//i.test(path)
}
