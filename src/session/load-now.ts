/**
 * Loads at once what the package loads later otherwise. Empty in the source, where everything is loaded with what
 * imports it: the build fills it in.
 */
export {};
