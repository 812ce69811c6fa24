/** Folders that bear the name of a content management system. */
const ofSystem =
  /(^|\/)[^/]*(prismic|contentful|sanity|strapi|storyblok|datocms|cms)[^/]*\/(.+\/)?[^/]+\.([cm]?[jt]s|json)$/i

/** Folders that are only called so: what is written in code there may be any type. */
const ofTypes = /(^|\/)[^/]*(content-?model|custom-?types|content-?types)[^/]*\/(.+\/)?[^/]+\.json$/i

/** What fetches and shows the content is named after the system as well. */
const showing = /(^|\/)(quer(y|ies)|services?|components?|pages|hooks|utils?|lib|api|views|fetch\w*|client)\//i
const declared = /(^|\/)(custom-?types|content-?types|slices)\/.+\.json$/i

/** A path holds the model of a content management system. */
export function isContentModel(path: string): boolean {
  return (ofSystem.test(path) || ofTypes.test(path)) && (declared.test(path) || !showing.test(path))
}
