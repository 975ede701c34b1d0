/** The manifest's file name; its presence means that the attempt has finished. */
export const manifestName = 'manifest.json'
