/** Models of a content management system: folders that bear its name. */
const contentModel =
  /(^|\/)[^/]*(prismic|contentful|sanity|strapi|storyblok|datocms|cms|content-?model|custom-?types|content-?types)[^/]*\/(.+\/)?[^/]+\.([cm]?[jt]s|json)$/i

/** Where a project only calls its own types so, what is written in code is no model. */
const byWord = /(^|\/)[^/]*(content-?model|custom-?types|content-?types)[^/]*\//i

/** A path holds the model of a content management system. */
export function isContentModel(path: string): boolean {
  // What fetches and shows the content is named after the system as well.
  return (
    contentModel.test(path) &&
    (path.endsWith('.json') ||
      !byWord.test(path) ||
      /prismic|contentful|sanity|strapi|storyblok|datocms|cms/i.test(path)) &&
    (/(^|\/)(custom-?types|content-?types|slices)\/.+\.json$/i.test(path) ||
      !/(^|\/)(quer(y|ies)|services?|components?|pages|hooks|utils?|lib|api|views|fetch\w*|client)\//i.test(path))
  )
}
