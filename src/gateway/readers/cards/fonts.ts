/** The fonts that cards are drawn with, as files: Noto Sans for most alphabets, others for Arabic, Hebrew and Japanese. */
import { fileURLToPath } from 'node:url';

const FILES = [
  '@expo-google-fonts/noto-sans/600SemiBold/NotoSans_600SemiBold.ttf',
  '@expo-google-fonts/noto-sans-arabic/600SemiBold/NotoSansArabic_600SemiBold.ttf',
  '@expo-google-fonts/noto-sans-hebrew/600SemiBold/NotoSansHebrew_600SemiBold.ttf',
  '@expo-google-fonts/sawarabi-gothic/400Regular/SawarabiGothic_400Regular.ttf',
];

/** @param more files of the operator's, for scripts that these do not have */
export const cardFonts = (more: readonly string[]): string[] => [
  ...FILES.map((path) => fileURLToPath(import.meta.resolve(path))),
  ...more,
];
