import type { GlobalThemeOverrides } from 'naive-ui'
import type { ThemeName } from '../kit/tokens.ts'
import { tokens } from '../kit/tokens.ts'

/** naive-ui in our colours and density. */
export function themeOverrides(theme: ThemeName): GlobalThemeOverrides {
  const colors = tokens[theme]
  return {
    common: {
      fontFamily: 'var(--font-ui)',
      fontFamilyMono: 'var(--font-mono)',
      fontSize: '13px',
      fontSizeSmall: '13px',
      fontSizeMedium: '13px',
      fontSizeTiny: '12px',
      heightTiny: '22px',
      heightSmall: '26px',
      heightMedium: '28px',
      borderRadius: '4px',
      borderRadiusSmall: '3px',
      bodyColor: colors.bg,
      cardColor: colors.surface,
      modalColor: colors.surfaceRaised,
      popoverColor: colors.surfaceRaised,
      inputColor: colors.surface,
      textColorBase: colors.text,
      textColor1: colors.text,
      textColor2: colors.text,
      textColor3: colors.textSoft,
      textColorDisabled: colors.textFaint,
      placeholderColor: colors.textFaint,
      borderColor: colors.lineStrong,
      dividerColor: colors.line,
      hoverColor: colors.hover,
      primaryColor: colors.accent,
      primaryColorHover: colors.accent,
      primaryColorPressed: colors.accent,
      primaryColorSuppl: colors.accent,
      errorColor: colors.refused,
      errorColorHover: colors.refused,
      errorColorPressed: colors.refused,
      warningColor: colors.warning,
      successColor: colors.online,
    },
    Button: {
      textColorPrimary: colors.accentText,
      textColorHoverPrimary: colors.accentText,
      textColorFocusPrimary: colors.accentText,
      textColorPressedPrimary: colors.accentText,
      textColorError: colors.surface,
      fontWeight: '500',
    },
    // naive-ui's dark inputs have no edge; ours are found in both themes.
    Input: { border: `1px solid ${colors.lineStrong}` },
    InternalSelection: { border: `1px solid ${colors.lineStrong}`, color: colors.surface },
    Tooltip: { color: colors.text, textColor: colors.bg },
    Dialog: { titleFontSize: '15px' },
    Card: { titleFontSizeSmall: '15px', titleFontSizeMedium: '15px' },
    Form: { feedbackPadding: '2px 0 10px 2px', feedbackHeightMedium: '22px', feedbackFontSizeMedium: '12px', labelFontSizeTopMedium: '12px', labelHeightMedium: '20px', labelPaddingVertical: '0 0 2px 2px' },
  }
}
