/** Models of a content management system: folders that bear its name. */
const contentModel =
  /(^|\/)[^/]*(prismic|contentful|sanity|strapi|storyblok|datocms|cms|content-?model|custom-?types|content-?types)[^/]*\/(.+\/)?[^/]+\.([cm]?[jt]s|json)$/i
const graphql = /\.(graphqls?|gql)$/

/** What kind of schema a path holds; undefined for none. */
export function schemaOf(path: string): 'content-model' | 'graphql' | undefined {
  if (graphql.test(path)) return 'graphql'
  // What fetches and shows the content is named after the system as well.
  return contentModel.test(path) &&
    !/(^|\/)(quer(y|ies)|services?|components?|pages|hooks|utils?|lib|api|views|fetch\w*|client)\//i.test(path)
    ? 'content-model'
    : undefined
}
