/** Settings of Java's logging libraries, which nothing else reads. */
export const javaLogging = /(^|\/)(logback|log4j2?)[\w.-]*\.xml$/
