/** Style sheets are imported for their effect: the bundler gathers them into one file a page. */
declare module '*.css';
