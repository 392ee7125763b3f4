/** The same player without what meetings do not need; its package has types for the whole alone. */
declare module 'hls.js/light' {
	export { default } from 'hls.js';
}
