/** Files whose edit can call for a migration: models and schemas of ORMs, journals and dumps. */
export const modelPath =
  /\.prisma$|(^|\/)models?(\/.+)?\.py$|(^|\/)(models?|entities|orm|tables|db|database)(\/.*)?\.py$|\.entity\.ts$|(^|\/)(entities|entity)\/.+\.ts$|(^|\/)[^/]*schema[^/]*(\/.+)?\.ts$|\.exs?$|(^|\/)(entity|entities|model|models|domain)\/.+\.(java|kt)$/i
