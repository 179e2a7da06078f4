#include "columns/key_column.hpp"

#include "columns/integer_values.hpp"
#include "columns/missing.hpp"

namespace fcol {

Result<void> KeyColumn::transform(Transformation& features, IdBatch& out) const {
  FCOL_ASSIGN(feature, features.feature(input_));
  FCOL_TRY(mapValues(*feature, features.scratch(), out.ids));
  FCOL_ASSIGN(missing, findMissing(*feature, MissingRule::Ids, features.scratch().missing));
  return takeShape(*feature, missing, out);
}

Result<void> KeyColumn::checkDtype(const Feature& feature) const {
  const bool fits = dtype_ == DType::String ? feature.dtype == DType::String : canBeInteger(feature.dtype);
  if (fits) return {};
  std::string message = join(kIncompatible, ". key: ", name(), ", column dtype: ", dtypeText(dtype_), ", tensor dtype: ", dtypeText(feature.dtype));
  if (isFloating(feature.dtype))
    message += join("; column_name: ", name(), " input_tensor dtype must be string or integer. dtype: ", dtypeText(feature.dtype), ".");
  return columnError(ErrorCode::DtypeMismatch, name(), message);
}

}  // namespace fcol
